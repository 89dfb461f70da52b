// What the widget itself says, by language: a file each in strings/, fetched when it is needed. The conversation's own
// sentences come from the server. Another language is another file, and its tag here.
import ENGLISH from "/static/web/strings/en.js";

const LANGUAGES = ["ar", "da", "en", "ru", "zh"];
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

const baseOf = (tag) => tag.toLowerCase().split("-")[0];

/** Return the first of these tags that names a language at all, as the server takes it: "pt-BR", without extensions. */
export function languageOf(...tags) {
  for (const tag of tags) {
    try {
      if (tag) return new Intl.Locale(tag.replaceAll("_", "-")).baseName.split("-").slice(0, 4).join("-");
    } catch { /* no language: the next one is asked */ }
  }
  return "en";
}

/** Fetch the strings for a language tag; English where there are none, or they don't come. */
export async function stringsFor(tag) {
  const base = baseOf(tag);
  if (base === "en" || !LANGUAGES.includes(base)) return ENGLISH;
  try {
    return (await import(`/static/web/strings/${base}.js`)).default;
  } catch {
    return ENGLISH;
  }
}

/** Tell the direction ("ltr" or "rtl") in which a language is written. */
export function directionOf(tag) {
  return RIGHT_TO_LEFT.has(baseOf(tag)) ? "rtl" : "ltr";
}
