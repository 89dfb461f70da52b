// The menu in the header: sound, the conversation to keep, as a file or by mail, and its end on this device.
import { button, make } from "/static/web/elements.js";

export class Menu {
  #words; #client; #sound; #say; #list; #toggle; #mail; #end;

  /**
   * @param {{words: object, client: object, sound: object, say(words: string): void, guest: boolean}} parts `say` tells how
   *   it went; only a guest's chat can be ended, for a user's comes back as long as they are signed in at the host page
   */
  constructor({ words, client, sound, say, guest }) {
    this.#words = words;
    this.#client = client;
    this.#sound = sound;
    this.#say = say;
    this.#toggle = button(words.more, () => this.#set(this.#list.hidden), { icon: "more", className: "plain", "aria-expanded": "false", "aria-controls": "menu" });
    this.#mail = this.#mailForm();
    this.#end = guest ? this.#ending() : [];
    this.#list = make("div", { className: "menu", id: "menu", hidden: true },
      this.#switch(), button(words.save, () => this.#save()), this.#mail, ...this.#end);
    this.button = this.#toggle;
    this.element = this.#list;
  }

  /** Whether this Baton sends mail. */
  set mails(mails) { this.#mail.hidden = !mails; }

  /** Close the menu; returns whether it was open. The cursor goes back to its button if it was inside. */
  close() {
    if (this.#list.hidden) return false;
    const inside = this.#list.contains(this.#list.getRootNode().activeElement);
    this.#set(false);
    if (inside) this.#toggle.focus();
    return true;
  }

  #set(open) {
    this.#list.hidden = !open;
    this.#toggle.setAttribute("aria-expanded", String(open));
    this.#sure(false);
    if (open) this.#list.querySelector("button").focus();
  }

  #switch() {
    const drawn = make("button", { type: "button", role: "switch", "aria-checked": String(this.#sound.on), textContent: this.#words.sound });
    drawn.onclick = () => {
      this.#sound.on = !this.#sound.on;
      drawn.setAttribute("aria-checked", String(this.#sound.on));
    };
    return drawn;
  }

  // Asked twice, for a guest finds no way back.
  #ending() {
    const words = this.#words;
    const no = button(words.decline, () => { this.#sure(false); this.#end[0].focus(); });
    const yes = button(words.end, () => this.#client.end());
    const sure = make("div", { role: "group", "aria-labelledby": "sure", hidden: true },
      make("p", { id: "sure", textContent: words.endSure }), make("div", {}, yes, no));
    return [button(words.end, () => { this.#sure(true); no.focus(); }), sure];
  }

  #sure(asked) {
    const [ask, sure] = this.#end;
    if (!ask) return;
    ask.hidden = asked;
    sure.hidden = !asked;
  }

  async #save() {
    try {
      const address = URL.createObjectURL(await this.#client.transcript());
      make("a", { href: address, download: `${this.#words.log}.txt` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      this.close();
    } catch (error) {
      this.#say(error.message && error.final ? error.message : this.#words.failed);
    }
  }

  #mailForm() {
    const email = make("input", { type: "email", required: true, maxLength: 254, autocomplete: "email", dir: "ltr", id: "email" });
    const send = make("button", { type: "submit", textContent: this.#words.send });
    const label = make("label", { textContent: this.#words.mail, htmlFor: "email" });
    const form = make("form", { hidden: true }, label, make("div", {}, email, send));
    form.onsubmit = async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        await this.#client.mail(email.value.trim());
        email.value = "";
        this.close();
        this.#say(this.#words.mailed);
      } catch (error) {
        this.#say(error.status === 429 || error.final ? error.message : this.#words.failed);
      } finally {
        send.disabled = false;
      }
    };
    return form;
  }
}
