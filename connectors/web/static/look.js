// How the widget looks. Hosts change it through the variables named here, set on <baton-chat>; see docs/widget.md.
import { PARTS } from "/static/web/look-parts.js";

const LIGHT = {
  accent: "#0f5f5c", "on-accent": "#fff", paper: "#fff", ink: "#16211f", soft: "#eef3f2", quiet: "#51625f", line: "#d3dddb", alarm: "#a3261d",
};
const DARK = {
  accent: "#7fd1c7", "on-accent": "#06201e", paper: "#17201f", ink: "#e9f0ef", soft: "#243130", quiet: "#a6b8b5", line: "#3a4a48", alarm: "#ff9c92",
};

const colours = (palette, end) => Object.entries(palette).map(([name, colour]) => `--${name}: var(--baton-${name}${end}, ${colour});`).join(" ");
const DARK_LOOK = `color-scheme: dark; ${colours(DARK, "-dark")}`;

const FRAME = `
:host {
  color-scheme: light; ${colours(LIGHT, "")}
  --round: var(--baton-radius, 14px);
  position: fixed; inset-block-end: var(--baton-offset-block, 20px); inset-inline-end: var(--baton-offset-inline, 20px);
  z-index: var(--baton-z-index, 2147483000); color: var(--ink);
  font: var(--baton-font-size, 16px)/1.45 var(--baton-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
}
:host([theme=dark]) { ${DARK_LOOK} }
@media (prefers-color-scheme: dark) { :host(:not([theme=light])) { ${DARK_LOOK} } }
:host([position=start]) { inset-inline: var(--baton-offset-inline, 20px) auto; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
svg { inline-size: 22px; block-size: 22px; flex: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.plain {
  inline-size: 44px; block-size: 44px; flex: none; padding: 0; border: 0; border-radius: 10px; background: transparent;
  display: grid; place-items: center;
}
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.launcher {
  inline-size: 60px; block-size: 60px; border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent); padding: 0;
  display: grid; place-items: center; box-shadow: 0 6px 20px rgb(0 0 0 / .25); position: relative; margin-inline-start: auto;
}
:host([position=start]) .launcher { margin-inline: 0 auto; }
.launcher svg { inline-size: 28px; block-size: 28px; }
.badge {
  position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; padding: 1px 6px; border-radius: 11px;
  background: var(--alarm); color: var(--paper); font-size: 13px; font-weight: 700; text-align: center;
}
.greeting {
  display: flex; align-items: flex-start; inline-size: max-content; max-inline-size: min(300px, calc(100vw - 40px)); margin-block-end: 12px;
  margin-inline-start: auto; background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); box-shadow: 0 6px 20px rgb(0 0 0 / .2);
}
:host([position=start]) .greeting { margin-inline: 0 auto; }
.greeting .said { flex: 1; min-block-size: 44px; padding: 10px 14px; border: 0; background: none; text-align: start; border-radius: var(--round); }
.greeting .plain { color: var(--quiet); }
.panel {
  inline-size: min(var(--baton-width, 390px), calc(100vw - 32px)); block-size: min(var(--baton-height, 640px), calc(100dvh - 40px));
  display: flex; flex-direction: column; background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); overflow: hidden;
  box-shadow: 0 16px 48px rgb(0 0 0 / .28); position: relative;
}
.header { display: flex; align-items: center; padding: 12px 8px; padding-inline-start: 16px; background: var(--accent); color: var(--on-accent); }
.header h2 { margin: 0; font-size: 1.06em; line-height: 1.2; }
.header p { margin: 0; font-size: .82em; opacity: .9; }
.header div { flex: 1; min-inline-size: 0; overflow-wrap: anywhere; }
.header :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
.chat { flex: 1; min-block-size: 0; display: flex; flex-direction: column; position: relative; }
.chat.dropping::after {
  content: attr(data-drop); position: absolute; inset: 8px; display: grid; place-items: center; padding: 20px; text-align: center; font-weight: 600;
  border: 3px dashed var(--accent); border-radius: var(--round); background: var(--paper); color: var(--accent); opacity: .95;
}
.consent { flex: 1; padding: 24px 20px; display: flex; flex-direction: column; justify-content: flex-end; gap: 10px; overflow-y: auto; }
.consent p { margin: 0 0 8px; white-space: pre-line; }
.consent a, .consent-line a { color: var(--accent); }
.consent-line { margin: 0; padding: 0 14px 10px; font-size: .75em; color: var(--quiet); text-align: center; }
.strong, .weak, .compose [type=submit], .menu [type=submit] {
  min-inline-size: 44px; min-block-size: 44px; border: 0; border-radius: 12px; padding: 0 16px; font-weight: 600;
  background: var(--accent); color: var(--on-accent);
}
.weak { background: transparent; color: var(--accent); }
@media (max-width: 480px) {
  :host(.open) { inset: 0 !important; }
  .panel { inline-size: 100%; block-size: 100dvh; border: 0; border-radius: 0; }
}
`;

/** The widget's style sheet, built once; a constructed sheet needs no inline style and so passes a strict CSP. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(FRAME + PARTS);
