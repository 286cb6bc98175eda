// The app's words for states and for what stands in the way.
import { counted } from "./dom.js";

export const STATES = {
  waiting: "Waiting",
  sending: "Sending",
  sent: "Accepted",
  accepted: "Accepted",
  stored: "Stored",
  checked: "Checked",
  verified: "Verified",
  needs_review: "Needs review",
  rejected: "Rejected",
  refused: "Refused",
  withdrawn: "Withdrawn",
  taken_down: "Taken down",
};
export const GONE = new Set(["refused", "withdrawn", "taken_down"]);
export const FINAL = new Set(["verified", "needs_review", "rejected", ...GONE]);

const SAFE = "Nothing is lost meanwhile.";

// Why the hub did not do what somebody asked it for, and what to do.
export function why({ status, sentence }) {
  if (status === 401) return "You are signed out. Sign in and try again.";
  if (status === 0) return "The hub did not answer. Try again.";
  return sentence || "The hub is busy. Try again later.";
}

// What the sender says of the photos that wait, in a sentence.
export function standing(sender, waiting) {
  const some = counted(waiting, "photo waits", "photos wait");
  switch (sender?.what) {
    case "sending":
      return `${counted(waiting, "photo is", "photos are")} being sent.`;
    case "offline":
      return `${some} for a network. ${SAFE}`;
    case "no answer":
      return `${some}: the hub does not answer. It is tried again by itself. ${SAFE}`;
    case "hub busy":
      return `${some}: the hub is busy. It is tried again by itself. ${SAFE}`;
    case "denied":
      return `${some}: ${sender.sentence}`;
    case "paused":
      return `${some}. Sending is paused.`;
    case "wifi":
      return `${some} for Wi-Fi.`;
    case "signed out":
      return `${some} until you sign in. ${SAFE}`;
    case "terms":
      return `${some} until you have read the terms. ${SAFE}`;
    case "no role":
      return `${some}. Your account may not send photos; ask an admin for the role contributor.`;
    case "other account":
      return `${some} for the account that took them. Sign in with it to send them.`;
    default:
      return `${counted(waiting, "photo is", "photos are")} about to be sent.`;
  }
}
