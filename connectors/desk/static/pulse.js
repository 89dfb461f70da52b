// Keeps time for the desk's heartbeat: a browser slows the timers of a page that is out of sight, but not those of a worker.
const BEAT_MS = 10_000;

setInterval(() => postMessage(null), BEAT_MS);
