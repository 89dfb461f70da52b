// The demonstration shop's page in the visitor's language: of the address (?lang=da), chosen here before, or the browser's.
import WORDS from "/static/web/shop-words.js";

const KEPT_AS = "baton-shop:lang";
const chooser = document.querySelector("#language");

function chosen() {
  const wished = [new URLSearchParams(location.search).get("lang"), kept(), ...navigator.languages];
  return wished.map((tag) => tag?.toLowerCase().split("-")[0]).find((tag) => Object.hasOwn(WORDS, tag ?? "")) ?? "en";
}

function kept() {
  try { return localStorage.getItem(KEPT_AS); } catch { return null; } // a browser may forbid storage
}

function keep(tag) {
  try { localStorage.setItem(KEPT_AS, tag); } catch { /* then the address alone tells */ }
}

const language = chosen();
const words = WORDS[language];
document.documentElement.lang = language;
document.documentElement.dir = words.direction;
for (const element of document.querySelectorAll("[data-words]")) element.textContent = words[element.dataset.words];

for (const [tag, { name }] of Object.entries(WORDS)) {
  const option = new Option(name, tag, false, tag === language);
  option.lang = tag;
  chooser.append(option);
}
chooser.onchange = () => {
  keep(chooser.value);
  location.assign(`/?lang=${chooser.value}`);
};
