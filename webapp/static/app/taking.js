// From the files that a camera or gallery hands over to photos that are kept on the phone.
import { counted, find } from "./dom.js";
import { add, change, files, recall } from "./store.js";

const KNOWN_TYPES = new Set(["image/jpeg", "image/png", "image/webp"]);
const PREVIEW_PIXELS = 240;
const SMALLER_PIXELS = 2048;
const QUALITY = 0.9;

// Keep files as drafts; `source` is "camera" or "gallery". Answers what could not be kept, and why.
export async function take(fileList, source) {
  const failed = [];
  const owner = (await recall("me"))?.id;
  for (const [number, file] of [...fileList].entries()) {
    try {
      const taken = await prepare(file);
      const photo = {
        id: crypto.randomUUID(),
        order: Date.now() + number / 1000,
        state: "draft",
        source,
        owner,
        tries: 0,
        type: taken.file.type,
        bytes: taken.file.size,
        taken_at: source === "camera" ? new Date().toISOString() : undefined,
      };
      await add([{ photo, ...taken }]);
    } catch (error) {
      failed.push(`${file.name}: ${sentence(error)}`);
    }
  }
  return failed;
}

function sentence(error) {
  if (error?.name === "QuotaExceededError") return "the phone has no room left.";
  return error instanceof Unusable ? error.message : "the phone cannot read it.";
}

class Unusable extends Error {}

async function prepare(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  try {
    if (!picture && !KNOWN_TYPES.has(file.type)) throw new Unusable("this is no photo we know.");
    const kept = KNOWN_TYPES.has(file.type)
      ? new Blob([await file.arrayBuffer()], { type: file.type })
      : await drawn(picture, 1);
    const preview = picture && (await drawn(picture, PREVIEW_PIXELS / shortSide(picture)));
    return { file: kept, preview };
  } finally {
    picture?.close();
  }
}

const shortSide = (picture) => Math.min(picture.width, picture.height);

// The picture as a JPEG, scaled down; nothing of the file but its pixels.
async function drawn(picture, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * Math.min(1, scale)));
  canvas.height = Math.max(1, Math.round(picture.height * Math.min(1, scale)));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    const done = (blob) => (blob ? resolve(blob) : reject(new Unusable("it could not be drawn.")));
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
}

// Put drafts into the queue. Answers how many stay drafts, a sentence for each reason.
export async function queue(drafts, words) {
  const stay = new Map();
  for (const photo of drafts) {
    try {
      await enqueue(photo, words);
    } catch (error) {
      const why = sentence(error);
      stay.set(why, (stay.get(why) ?? 0) + 1);
    }
  }
  const some = (number) => counted(number, "photo was", "photos were");
  return [...stay].map(([why, number]) => `${some(number)} not sent: ${why}`);
}

async function enqueue(photo, { label, place, smaller }) {
  const file = smaller ? await smallerFile(photo) : undefined;
  const { size, type } = file ?? { size: photo.bytes, type: photo.type };
  if (size > Number(find("draft").dataset.maxBytes)) throw new Unusable("larger than the hub takes. Make them smaller.");
  const here = photo.source === "camera" ? place : undefined;
  await change(photo.id, { state: "waiting", label, place: here, bytes: size, type }, file);
}

// The photo with a long side of at most SMALLER_PIXELS; undefined where that saves nothing, or where
// another window has removed the photo.
async function smallerFile(photo) {
  const file = (await files(photo.id))?.file;
  const picture = file && (await createImageBitmap(file).catch(() => null));
  if (!picture) return undefined;
  try {
    const scale = SMALLER_PIXELS / Math.max(picture.width, picture.height);
    const made = scale < 1 ? await drawn(picture, scale) : undefined;
    return made && made.size < file.size ? made : undefined;
  } finally {
    picture.close();
  }
}

// Where the phone is, to a tenth of a degree: about 11 km. Nothing finer is kept or sent.
export function roughPlace() {
  return new Promise((resolve, reject) => {
    const round = (degrees) => Math.round(degrees * 10) / 10;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ latitude: round(coords.latitude), longitude: round(coords.longitude) }),
      () => reject(new Error("The phone does not say where it is.")),
      { timeout: 20_000, maximumAge: 600_000 },
    );
  });
}
