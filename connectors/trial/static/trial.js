// The page: two phones, and what goes wrong.
import { Link } from "./link.js";
import { make } from "./make.js";
import { Phone } from "./phone.js";
import { Trouble } from "./trouble.js";

const TITLES = { whatsapp: "WhatsApp", telegram: "Telegram" };

const away = document.getElementById("away");
const link = new Link(
  () => Object.fromEntries(phones.map((phone) => [phone.platform, phone.person])),
  (state) => {
    document.getElementById("desk").href = state.desk;
    phones.forEach((phone) => phone.show(state.people, state.platforms[phone.platform]));
    troubles.forEach((trouble) => trouble.show(state.platforms[trouble.platform]));
  },
  (isAway) => { away.textContent = isAway ? "The played platforms do not answer; has Baton ended?" : ""; },
);
const phones = Object.entries(TITLES).map(([platform, title]) => new Phone(platform, title, link));
const troubles = phones.map((phone) => new Trouble(phone, TITLES[phone.platform]));

document.getElementById("phones").append(
  ...phones.map((phone) => phone.element),
  make("section", { className: "troubles", "aria-labelledby": "troubles" },
    make("h2", { id: "troubles" }, "Make things go wrong"), ...troubles.map((trouble) => trouble.element)),
);
link.look();
