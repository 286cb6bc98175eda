// What a person, with or without sight, would trip over on the page: a list of sentences.
() => {
  const LEAST_CONTRAST = 4.5;
  const LEAST_CONTRAST_OF_LARGE_TEXT = 3;
  const wrong = [];
  const all = (query) => [...document.querySelectorAll(query)];
  const short = (text) => text.trim().slice(0, 40);

  function checkWidth() {
    if (document.documentElement.scrollWidth <= innerWidth) return;
    for (const one of all("body *"))
      if (one.getBoundingClientRect().right > innerWidth + 1)
        wrong.push(`wider than the window: ${one.tagName}.${one.className}`);
  }

  function checkLandmarks() {
    if (document.documentElement.lang !== "en") wrong.push("no language");
    if (!document.title.trim()) wrong.push("no title");
    for (const one of ["h1", "body > header", "main", "body > footer"])
      if (all(one).length !== 1) wrong.push(`${all(one).length} times ${one}`);
    for (const nav of all("nav")) if (!nav.ariaLabel) wrong.push("a nav without a name");
    let before = 1;
    for (const head of all("h1, h2, h3, h4")) {
      const level = Number(head.tagName[1]);
      if (level > before + 1) wrong.push(`h${level} after h${before}: ${short(head.textContent)}`);
      if (!head.textContent.trim()) wrong.push("an empty heading");
      before = level;
    }
  }

  function checkNames() {
    for (const image of all("img")) {
      // Beside the words of its own link a picture has nothing to add, and says so by alt="".
      const isSaid = image.hasAttribute("alt") && image.closest("a")?.textContent.trim();
      if (!image.alt && !isSaid) wrong.push(`no alt: ${image.src}`);
      if (!(image.getAttribute("width") > 0 && image.getAttribute("height") > 0))
        wrong.push(`no size: ${image.src}`);
      // A window of another size may just be loading another file of the srcset.
      const isOver = image.loading !== "lazy" && image.complete;
      if (isOver && !image.naturalWidth) wrong.push(`broken: ${image.src}`);
    }
    for (const field of all("input:not([type=hidden]), select, textarea"))
      if (![...field.labels].some((label) => label.textContent.trim()))
        wrong.push(`no label: ${field.name}`);
    for (const one of all("a, button"))
      if (!(one.ariaLabel || one.textContent.trim() || one.querySelector("img")?.alt))
        wrong.push(`no name: ${short(one.outerHTML)}`);
  }

  function checkReferences() {
    const ids = all("[id]").map((one) => one.id);
    for (const id of ids)
      if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`id twice: ${id}`);
    for (const name of ["aria-labelledby", "aria-describedby"])
      for (const one of all(`[${name}]`))
        for (const id of one.getAttribute(name).trim().split(/ +/))
          if (!document.getElementById(id)) wrong.push(`${name} refers to nothing: ${id}`);
    if (all("[style], style, script:not([src]), [onclick]").length) wrong.push("inline code");
  }

  const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);

  // Relative luminance and contrast as WCAG 2.2 defines them.
  function luminance([red, green, blue]) {
    const linear = [red, green, blue]
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  function ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  }

  function checkContrast() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.textContent.trim();
      if (!text || !element.checkVisibility() || element.closest(".hidden, .off")) continue;
      const style = getComputedStyle(element);
      const both = [luminance(numbers(style.color)), luminance(ground(element))];
      const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (isLarge ? LEAST_CONTRAST_OF_LARGE_TEXT : LEAST_CONTRAST))
        wrong.push(`contrast ${contrast.toFixed(2)}: ${short(text)}`);
    }
  }

  checkWidth();
  checkLandmarks();
  checkNames();
  checkReferences();
  checkContrast();
  return wrong;
}
