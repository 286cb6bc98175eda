// What one reaches with the Tab key, and how it looks there; asked by keyboard.py.
() => {
  const CAN = "a[href], area[href], button, input, select, textarea, summary, iframe, [tabindex]";
  const short = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 90);

  // One of several radio buttons is reached; the arrow keys lead to the others.
  function isChosen(one) {
    if (one.type !== "radio") return true;
    const others = [...document.querySelectorAll(`[name="${CSS.escape(one.name)}"]`)];
    const group = others.filter((other) => other.form === one.form);
    return one === (group.find((other) => other.checked) ?? group[0]);
  }

  const isReachable = (one) =>
    one.tabIndex >= 0 &&
    !one.matches(":disabled, [type=hidden]") &&
    !one.closest("[inert]") &&
    one.checkVisibility({ visibilityProperty: true }) &&
    isChosen(one);

  const marks = (one) => {
    const style = getComputedStyle(one);
    const hasOutline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
    return hasOutline ? "outlined" : style.boxShadow;
  };
  const bearers = (one) => [one, ...(one.labels ?? [])];
  const wanted = [...document.querySelectorAll(CAN)].filter(isReachable);
  const before = new Map(wanted.map((one) => [one, bearers(one).map(marks).join()]));
  const reached = [];
  const wrong = [];

  function checkSight(one) {
    const box = one.getBoundingClientRect();
    const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2;
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
    const top = document.elementFromPoint(x, y);
    const isThere = bearers(one).some((bearer) => bearer.contains(top) || top?.contains(bearer));
    if (!isThere) wrong.push(`focused but not to be seen: ${short(one)}`);
    const now = bearers(one).map(marks).join();
    if (!now.includes("outlined") && now === before.get(one))
      wrong.push(`looks the same when focused: ${short(one)}`);
  }

  window.keyboardWalk = {
    expected: wanted.length,
    // Look at what has the focus now; false at the end of the round.
    step() {
      const one = document.activeElement;
      if (!one || one === document.body || reached.includes(one)) {
        if (one === reached.at(-1) && reached.length < wanted.length)
          wrong.push(`Tab does not lead on from ${short(one)}`);
        return false;
      }
      const last = reached.at(-1);
      if (last && !(last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING))
        wrong.push(`comes too late: ${short(one)} after ${short(last)}`);
      reached.push(one);
      checkSight(one);
      return true;
    },
    end(isWhole) {
      if (isWhole)
        for (const one of wanted)
          if (!reached.includes(one)) wrong.push(`Tab does not reach ${short(one)}`);
      return wrong;
    },
  };
  return wanted.length;
}
