// How the widget looks. Hosts change it through the custom properties at the top, set on <baton-chat>.
const CSS = `
:host {
  --accent: var(--baton-accent, #0f5f5c); --on-accent: var(--baton-on-accent, #fff);
  --paper: var(--baton-paper, #fff); --ink: var(--baton-ink, #16211f); --soft: var(--baton-soft, #eef3f2);
  --quiet: var(--baton-quiet, #51625f); --line: var(--baton-line, #d3dddb); --alarm: #a3261d;
  --round: var(--baton-round, 14px);
  position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000;
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink);
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: var(--baton-accent-dark, #7fd1c7); --on-accent: var(--baton-on-accent-dark, #06201e);
    --paper: var(--baton-paper-dark, #17201f); --ink: var(--baton-ink-dark, #e9f0ef); --soft: var(--baton-soft-dark, #243130);
    --quiet: var(--baton-quiet-dark, #a6b8b5); --line: var(--baton-line-dark, #3a4a48); --alarm: #ff9c92;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.launcher {
  inline-size: 60px; block-size: 60px; border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  display: grid; place-items: center; box-shadow: 0 6px 20px rgb(0 0 0 / .25); position: relative; margin-inline-start: auto;
}
.launcher svg { inline-size: 28px; block-size: 28px; }
.badge {
  position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; padding: 1px 6px; border-radius: 11px;
  background: var(--alarm); color: var(--paper); font-size: 13px; font-weight: 700; text-align: center;
}
.panel {
  inline-size: min(390px, calc(100vw - 32px)); block-size: min(640px, calc(100dvh - 40px)); display: flex; flex-direction: column;
  background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); overflow: hidden;
  box-shadow: 0 16px 48px rgb(0 0 0 / .28);
}
.header { display: flex; align-items: center; gap: 10px; padding: 12px 16px; background: var(--accent); color: var(--on-accent); }
.header h2 { margin: 0; font-size: 17px; line-height: 1.2; }
.header p { margin: 0; font-size: 13px; opacity: .9; }
.header div { flex: 1; min-inline-size: 0; }
.header button { inline-size: 44px; block-size: 44px; border: 0; border-radius: 10px; background: transparent; font-size: 22px; }
.header :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
.connection { padding: 6px 16px; font-size: 13px; background: var(--soft); color: var(--quiet); }
.log { flex: 1; overflow-y: auto; padding: 16px; display: flex; flex-direction: column; gap: 8px; overscroll-behavior: contain; }
.stretch { display: contents; }
.entry { max-inline-size: 84%; align-self: flex-start; }
.entry .who { font-size: 12px; color: var(--quiet); margin: 0 4px 2px; }
.entry .text {
  margin: 0; padding: 9px 13px; border-radius: var(--round); background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere;
}
.entry .text[dir=auto] { unicode-bidi: plaintext; }
.entry.contact { align-self: flex-end; }
.entry .text a { color: inherit; }
.entry.contact .text { background: var(--accent); color: var(--on-accent); }
.entry.agent .text { border-inline-start: 3px solid var(--accent); }
.entry.system { align-self: center; max-inline-size: 94%; text-align: center; }
.entry.system .text { background: transparent; color: var(--quiet); font-size: 14px; padding: 4px 8px; }
.entry .state { font-size: 12px; color: var(--quiet); margin: 2px 4px 0; text-align: end; }
.entry .state.refused { color: var(--alarm); }
.entry .state button { border: 0; background: none; text-decoration: underline; padding: 6px; }
.replies { display: flex; flex-wrap: wrap; gap: 8px; padding: 0 16px 10px; }
.replies button {
  min-block-size: 44px; padding: 8px 14px; border: 1.5px solid var(--accent); border-radius: 22px; background: var(--paper);
  color: var(--accent); font-weight: 600; text-align: start;
}
.replies button:hover { background: var(--soft); }
.typing { padding: 0 20px 8px; font-size: 13px; color: var(--quiet); min-block-size: 26px; }
form { display: flex; gap: 8px; padding: 10px; border-block-start: 1px solid var(--line); align-items: flex-end; }
textarea {
  flex: 1; resize: none; min-block-size: 44px; max-block-size: 132px; padding: 10px 12px; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--quiet); border-radius: 12px;
}
form button {
  min-inline-size: 44px; min-block-size: 44px; border: 0; border-radius: 12px; background: var(--accent); color: var(--on-accent);
  padding: 0 16px; font-weight: 600;
}
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 480px) {
  :host(.open) { inset: 0; }
  .panel { inline-size: 100vw; block-size: 100dvh; border: 0; border-radius: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  .typing span::after { content: ""; animation: dots 1.2s steps(4) infinite; }
  @keyframes dots { 25% { content: "."; } 50% { content: ".."; } 75% { content: "..."; } }
}
`;

/** The widget's style sheet, built once; a constructed sheet needs no inline style and so passes a strict CSP. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(CSS);
