// How the parts inside the chat look: the log, the answers, the tray, the menu and the form.
export const PARTS = `
.connection, .told { padding: 6px 16px; margin: 0; font-size: .82em; background: var(--soft); color: var(--quiet); }
.told:empty { display: none; }
.log { flex: 1; overflow-y: auto; padding: 16px; display: flex; flex-direction: column; gap: 8px; overscroll-behavior: contain; }
.log:focus-visible { outline-offset: -3px; }
.stretch { display: contents; }
.entry { max-inline-size: 84%; align-self: flex-start; display: flex; flex-direction: column; gap: 4px; align-items: flex-start; }
.entry p { margin: 0; }
.entry .who { font-size: .75em; color: var(--quiet); margin: 0 4px -2px; }
.entry .text {
  padding: 9px 13px; border-radius: var(--round); background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere;
}
.entry .text[dir=auto] { unicode-bidi: plaintext; }
.entry.contact { align-self: flex-end; align-items: flex-end; }
.entry .text a { color: inherit; }
.entry.contact .text { background: var(--accent); color: var(--on-accent); }
.entry.agent .text { border-inline-start: 3px solid var(--accent); }
.entry.system { align-self: center; align-items: center; max-inline-size: 94%; text-align: center; }
.entry.system .text { background: transparent; color: var(--quiet); font-size: .88em; padding: 4px 8px; }
.entry .state { font-size: .75em; color: var(--quiet); margin: 0 4px; text-align: end; }
.entry .state.refused { color: var(--alarm); }
.entry .state button { border: 0; background: none; text-decoration: underline; padding: 6px; min-block-size: 44px; min-inline-size: 44px; }
.picture { display: block; inline-size: 220px; max-inline-size: 100%; block-size: 160px; border-radius: var(--round); background: var(--soft); overflow: hidden; }
.picture img { inline-size: 100%; block-size: 100%; object-fit: cover; display: block; }
.file {
  display: flex; gap: 8px; align-items: center; min-block-size: 44px; max-inline-size: 100%; padding: 6px 12px; text-align: start;
  border: 1px solid var(--line); border-radius: var(--round); background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
}
button.file:hover { background: var(--soft); }
.file .size { color: var(--quiet); font-size: .82em; white-space: nowrap; }
.file.gone { color: var(--quiet); }
.replies { display: flex; flex-wrap: wrap; gap: 8px; padding: 0 16px 10px; max-block-size: 40%; overflow-y: auto; flex: none; }
.replies button {
  min-block-size: 44px; padding: 8px 14px; border: 1.5px solid var(--accent); border-radius: 22px; background: var(--paper);
  color: var(--accent); font-weight: 600; text-align: start;
}
.replies button:hover { background: var(--soft); }
.scale { display: grid; grid-template-columns: repeat(5, minmax(min-content, 1fr)); gap: 3px; flex: 1 1 100%; margin-inline: -6px; padding-block: 3px; }
.scale button {
  display: flex; flex-direction: column; align-items: center; gap: 2px; min-block-size: 64px; padding: 6px 1px; border-radius: 12px;
  text-align: center; font-weight: 400; font-size: .7em; line-height: 1.2; position: relative;
}
.scale b { font-size: 1.6em; }
.typing { padding: 0 20px 8px; font-size: .82em; color: var(--quiet); min-block-size: 26px; }
.tray { border-block-start: 1px solid var(--line); padding: 8px 12px; max-block-size: 40%; overflow-y: auto; flex: none; font-size: .88em; }
.tray ul { list-style: none; margin: 0; padding: 0; }
.tray li { display: flex; align-items: center; gap: 8px; min-block-size: 48px; }
.tray li > img, .tray li > svg { inline-size: 36px; block-size: 36px; padding: 0; border-radius: 6px; object-fit: cover; flex: none; color: var(--quiet); }
.tray .what { flex: 1; min-inline-size: 0; display: flex; flex-direction: column; }
.tray .what bdi { align-self: flex-start; max-inline-size: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tray progress { inline-size: 100%; block-size: 6px; accent-color: var(--accent); }
.tray .state, .tray .hint { color: var(--quiet); font-size: .86em; }
.tray .failed .state { color: var(--alarm); }
.tray .hint, .tray .notice { margin: 0; }
.tray .notice:not(:empty) { margin-block: 4px; font-weight: 600; }
.tray li > button:not(.plain) { min-block-size: 44px; border: 0; background: none; color: var(--accent); text-decoration: underline; }
.menu {
  position: absolute; inset-block-start: 6px; inset-inline-end: 8px; z-index: 1; inline-size: min(300px, calc(100% - 16px)); padding: 6px;
  background: var(--paper); border: 1px solid var(--line); border-radius: var(--round); box-shadow: 0 8px 28px rgb(0 0 0 / .25);
}
.menu > button { display: flex; align-items: center; inline-size: 100%; min-block-size: 44px; padding: 6px 10px; border: 0; border-radius: 8px; background: none; text-align: start; }
.menu > button:hover { background: var(--soft); }
.menu [role=switch]::after {
  content: ""; flex: none; inline-size: 38px; block-size: 22px; margin-inline-start: auto; border-radius: 11px; border: 2px solid var(--quiet);
  background: radial-gradient(circle at 9px 50%, var(--quiet) 6px, transparent 7px);
}
.menu [role=switch][aria-checked=true]::after {
  border-color: var(--accent); background: radial-gradient(circle at calc(100% - 9px) 50%, var(--on-accent) 6px, transparent 7px), var(--accent);
}
:host([dir=rtl]) .menu [role=switch]::after { transform: scaleX(-1); }
.menu form, .menu [role=group] { padding: 8px 10px; border-block-start: 1px solid var(--line); margin-block-start: 6px; }
.menu label { display: block; margin-block-end: 6px; }
.menu form div, .menu [role=group] div { display: flex; flex-wrap: wrap; gap: 6px; }
.menu [role=group] p { margin: 0 0 8px; }
.menu [role=group] button { min-block-size: 44px; padding: 6px 10px; border: 1px solid var(--quiet); border-radius: 8px; background: none; }
.menu input, textarea {
  flex: 1; min-inline-size: 0; min-block-size: 44px; padding: 10px 12px; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--quiet); border-radius: 12px;
}
.compose { display: flex; gap: 8px; padding: 10px; border-block-start: 1px solid var(--line); align-items: flex-end; }
.compose [type=submit] { padding: 0 10px; }
.compose [type=submit] svg { display: block; }
:host([dir=rtl]) .compose [type=submit] svg { transform: scaleX(-1); }
.compose .plain { color: var(--quiet); margin-inline-end: -4px; }
textarea { resize: none; max-block-size: 132px; }
@media (prefers-reduced-motion: no-preference) {
  .typing span::after { content: ""; animation: dots 1.2s steps(4) infinite; }
  .greeting { animation: rise .25s ease-out; }
  @keyframes dots { 25% { content: "."; } 50% { content: ".."; } 75% { content: "..."; } }
  @keyframes rise { from { transform: translateY(8px); opacity: 0; } }
}
`;
