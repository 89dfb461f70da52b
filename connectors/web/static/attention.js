// How the widget asks to be looked at: a number on the launcher, a word in the page's title, a short tone if it may.
const TURN_MS = 2_000;
const TURNS = 10;
const TONE_EVERY_MS = 3_000;
const NOTES_HZ = [660, 880];
const NOTE_S = 0.14;

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Counts what nobody has seen yet, and says so in the page's title; the title turns only while nobody looks, and not for long. */
export class Unread {
  #words; #tell; #title = ""; #written = null; #timer = 0;

  count = 0;

  /** @param {(count: number) => void} tell hears of each change */
  constructor(words, tell) {
    this.#words = words;
    this.#tell = tell;
    document.addEventListener("visibilitychange", () => document.hidden || this.#rest());
  }

  add(number) {
    if (number > 0) this.#set(this.count + number);
  }

  clear() {
    if (this.count > 0) this.#set(0);
  }

  #set(count) {
    this.count = count;
    this.#tell(count);
    this.#rest();
    if (count > 0 && document.hidden && !still()) this.#turn();
  }

  #rest() {
    clearInterval(this.#timer);
    this.#write(this.count > 0 ? `(${this.count}) ` : "", null);
  }

  #turn() {
    let turns = 0;
    this.#timer = setInterval(() => {
      turns += 1;
      if (turns > TURNS) this.#rest();
      else if (turns % 2) this.#write("", this.#words.unread(this.count));
      else this.#write(`(${this.count}) `, null);
    }, TURN_MS);
  }

  // A page may change its title meanwhile; what it was before us is what it is after.
  #write(mark, instead) {
    if (document.title !== this.#written) this.#title = document.title;
    this.#written = instead ?? mark + this.#title;
    if (document.title !== this.#written) document.title = this.#written;
    this.#written = document.title;
  }
}

/** A short tone, off until the customer switches it on; it is made here, not fetched. */
export class Sound {
  #shelf; #context = null; #playedAt = -TONE_EVERY_MS;

  /** @param {import("/static/web/shelf.js").Shelf} shelf where the switch is kept */
  constructor(shelf) { this.#shelf = shelf; }

  get on() { return this.#shelf.get("sound") === true; }

  set on(on) {
    this.#shelf.set("sound", on);
    if (on) this.play(); // also what lets a browser play later: a person has just pressed something
  }

  play() {
    if (!this.on || performance.now() - this.#playedAt < TONE_EVERY_MS) return;
    this.#playedAt = performance.now();
    try {
      this.#context ??= new AudioContext();
      this.#context.resume().catch(() => {});
      NOTES_HZ.forEach((pitch, place) => this.#note(pitch, this.#context.currentTime + place * NOTE_S));
    } catch { /* no sound is no failure */ }
  }

  #note(pitch, at) {
    const tone = new OscillatorNode(this.#context, { frequency: pitch });
    const loudness = new GainNode(this.#context, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0.06, at + 0.02);
    loudness.gain.linearRampToValueAtTime(0, at + NOTE_S);
    tone.connect(loudness).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + NOTE_S);
  }
}
