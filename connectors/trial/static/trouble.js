// What goes wrong with a platform, on request.
import { button, keep, make } from "./make.js";

const SWITCHES = {
  twice: "Every webhook comes twice",
  shuffled: "Webhooks come in any order",
  held: "Hold webhooks back",
};

export class Trouble {
  constructor(phone, title) {
    const { platform, link } = phone;
    Object.assign(this, { phone, platform, link });
    this.mishap = make("select", { id: `${platform}-mishap` });
    this.planned = make("ol", { className: "planned", "aria-label": "Planned for the next messages" });
    this.forget = button("Forget these", () => this.#act("mishap", { name: "none" }));
    this.switches = new Map(Object.entries(SWITCHES).map(([name, words]) => [name, this.#switch(words, (on) => this.#act("switch", { name, value: Number(on) }))]));
    this.standing = make("p", { className: "hint" });
    this.calls = make("ol", { className: "calls", "aria-label": "Latest calls" });
    this.problem = make("p", { className: "problem", role: "alert" });
    this.element = make("section", { className: "trouble", "aria-labelledby": `${platform}-trouble` },
      make("h3", { id: `${platform}-trouble` }, `With ${title}`),
      make("label", { for: this.mishap.id }, "The shop's next message:"),
      make("div", { className: "line" }, this.mishap, button("Plan it", () => this.#act("mishap", { name: this.mishap.value }))),
      this.planned, this.forget,
      ...[...this.switches.values()].map((one) => one.label),
      ...this.#own(), this.standing, this.problem,
      make("details", {}, make("summary", {}, "What Baton called"), this.calls));
  }

  /** Show what the platform tells. */
  show(told) {
    keep(this.mishap, Object.entries(told.mishaps), ([name]) => name, ([name, words]) => make("option", { value: name }, words));
    keep(this.planned, told.planned.map((words, place) => ({ words, place })), ({ place }) => place, ({ words }) => make("li", {}, words));
    this.forget.hidden = this.planned.hidden = !told.planned.length;
    for (const [name, { box }] of this.switches) box.checked = told[name];
    keep(this.calls, told.calls.map((call, place) => ({ call, place })), ({ place }) => place, ({ call }) => make("li", {}, call));
    if (this.blocked) this.blocked.box.checked = told.blocked;
    this.standing.textContent = this.#standing(told);
  }

  #standing({ waiting, ahead_hours: ahead, window_hours: left }) {
    const said = [];
    if (waiting) said.push(`${waiting} ${waiting === 1 ? "webhook waits" : "webhooks wait"}.`);
    if (ahead) said.push(`WhatsApp's clock is ${ahead} h ahead.`);
    if (left !== undefined) said.push(left ? `The 24-hour window is open for ${left} h.` : "The 24-hour window is closed.");
    return said.join(" ");
  }

  #own() {
    if (this.platform === "telegram") {
      this.blocked = this.#switch("This customer has blocked the bot", (on) => this.#act(`${this.phone.person}/block`, { on }));
      return [this.blocked.label];
    }
    const reads = this.#switch("This phone tells what was read", (on) => { this.phone.tellsReading = on; });
    reads.box.checked = true;
    const travel = (hours) => button(`+ ${hours} h`, () => this.#act("switch", { name: "travel", value: hours }));
    return [reads.label, make("div", { className: "line" }, make("span", {}, "Let time pass:"), travel(1), travel(25))];
  }

  #switch(words, turned) {
    const box = make("input", { type: "checkbox", onchange: () => turned(box.checked) });
    return { box, label: make("label", { className: "switch" }, box, words) };
  }

  async #act(path, given) {
    this.problem.textContent = await this.link.act(`${this.platform}/${path}`, given);
  }
}
