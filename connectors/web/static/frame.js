// The widget's skeleton: the launcher, the panel with its header, and the form. What happens in it is told to the widget.
import { button, icon, make } from "/static/web/elements.js";

const TALLEST_FIELD_PX = 132;

/** Build the launcher with its badge. */
export function launcherOf(words, open) {
  const badge = make("span", { className: "badge", hidden: true });
  const element = make("button", { className: "launcher", type: "button", onclick: open, "aria-label": words.open }, icon("chat"), badge);
  return {
    element,
    count(unread) {
      badge.hidden = unread === 0;
      badge.textContent = unread > 99 ? "99+" : String(unread);
      element.setAttribute("aria-label", unread ? `${words.open}, ${words.unread(unread)}` : words.open);
    },
  };
}

/**
 * Build the panel around its parts.
 * @param {{words: object, menu: object, log: object, tray: object, form: HTMLElement, connection: HTMLElement, line: HTMLElement|null}} parts
 * @param {{close(): void, escape(): void}} told
 */
export function panelOf({ words, menu, log, tray, form, connection, notice, line }, told) {
  const status = make("p", { textContent: words.bot });
  const title = make("h2", { textContent: words.title, id: "title" });
  const close = button(words.close, told.close, { icon: "close", className: "plain" });
  const header = make("div", { className: "header" }, make("div", {}, title, status), menu.button, close);
  const chat = make("div", { className: "chat" }, menu.element, connection, notice, log.element, log.typing, log.replies, tray.element, form,
    ...(line ? [line] : []));
  const element = make("section", { className: "panel", hidden: true, role: "dialog", "aria-labelledby": "title" }, header, chat);
  element.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    told.escape();
  };
  return { element, chat, status };
}

/**
 * Build the field with its buttons.
 * @param {{submit(): void, typed(): void, picked(files: File[]): void}} told
 */
export function formOf(words, direction, told) {
  const input = make("textarea", { rows: 1, placeholder: words.placeholder, dir: direction, "aria-label": words.placeholder });
  const picker = make("input", { type: "file", multiple: true, hidden: true });
  const attach = button(words.attach, () => picker.click(), { icon: "clip", className: "plain", hidden: true, "aria-describedby": "limits" });
  const element = make("form", { className: "compose" }, attach, picker, input, make("button", { type: "submit", "aria-label": words.send, title: words.send }, icon("send")));
  picker.onchange = () => {
    told.picked([...picker.files]);
    picker.value = ""; // so that the same file may be picked again
    input.focus();
  };
  input.onkeydown = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    told.submit();
  };
  input.oninput = () => { input.setCustomValidity(""); told.typed(); };
  element.onsubmit = (event) => { event.preventDefault(); told.submit(); };
  return {
    element, input,
    /** Take files from now on, of these endings. */
    takes(endings, limits) {
      attach.hidden = false;
      attach.title = `${words.attach}. ${limits}`;
      picker.accept = endings.map((ending) => `.${ending}`).join(",");
    },
    /** Fit the field to what is in it; an empty one shows its placeholder, and is read the way of that. */
    fit() {
      input.dir = input.value ? "auto" : direction;
      input.style.blockSize = "auto";
      input.style.blockSize = `${Math.min(input.scrollHeight + 2, TALLEST_FIELD_PX)}px`;
    },
  };
}

/** Let files be pasted into an element, or dropped on it; `takes` says whether they may. */
export function letFilesIn(element, { takes, picked }) {
  let leaving = 0;
  const holdsFiles = (transfer) => takes() && [...(transfer?.types ?? [])].includes("Files");
  element.addEventListener("paste", (event) => {
    // A copied cell or paragraph comes as words and as a picture of them; the words are meant.
    if (!holdsFiles(event.clipboardData) || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    picked([...event.clipboardData.files]);
  });
  element.addEventListener("dragover", (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    clearTimeout(leaving);
    element.classList.add("dropping");
    leaving = setTimeout(() => element.classList.remove("dropping"), 250); // it comes again as long as they hover
  });
  element.addEventListener("drop", (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    element.classList.remove("dropping");
    picked([...event.dataTransfer.files]);
  });
}
