import { html, useState } from "./vendor/htm-preact.js";
import { call } from "./api.js";

const ENDED = "Your session has ended. Sign in again; what you were writing is kept.";

/** The page an agent sees first, and again when the session `ended` by itself. */
export function SignIn({ ended, onSignedIn }) {
  const [problem, setProblem] = useState(ended ? ENDED : "");
  const [busy, setBusy] = useState(false);

  async function submit(event) {
    event.preventDefault();
    const fields = new FormData(event.target);
    setBusy(true);
    try {
      onSignedIn(await call("POST", "/login", { login: fields.get("login"), password: fields.get("password") }));
    } catch (error) {
      setProblem(error.message);
      setBusy(false);
    }
  }

  return html`
    <main class="sign-in">
      <form onSubmit=${submit}>
        <h1><img src="/static/desk/icon.svg" alt="" width="32" height="32" /> Baton desk</h1>
        <label>Login<input name="login" autocomplete="username" required autofocus /></label>
        <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
        <p class="problem" role="alert">${problem}</p>
        <button class="main" disabled=${busy}>Sign in</button>
      </form>
    </main>`;
}
