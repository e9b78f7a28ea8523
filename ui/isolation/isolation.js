// The isolation application: every message from the page to the host passes here first. It lets through the one command
// of ours, by a name that is in the table and with plain data, the listening to the events of ours, and the plumbing of channels.
(() => {
  const COMMANDS = new Set([
    "app_state",
    "create_company",
    "renew_recovery_key",
    "confirm_recovery",
    "create_demo",
    "unlock",
    "lock",
    "update_profile",
    "set_appearance",
    "answer_closing",
    "catalogue",
    "get_status",
    "get_score",
    "get_control",
    "determine",
    "list_providers",
    "access_for",
    "connect_integration",
    "reconnect_integration",
    "open_sign_in",
    "cancel_sign_in",
    "test_integration",
    "list_integrations",
    "get_integration",
    "sync_integration",
    "collect_evidence",
    "cancel_work",
    "remove_integration",
    "list_findings",
    "list_evidence",
    "get_evidence",
    "get_page",
    "review_evidence",
    "import_file",
    "list_parameters",
    "set_parameter",
    "get_activity",
    "set_schedule",
    "run_due",
    "verify_vault",
    "open_link",
  ]);

  // The host says by them that something was collected or locked without the page, and that the window is being closed.
  const EVENTS = ["changed", "closing"];

  const CHANNEL_FETCH = "plugin:__TAURI_CHANNEL__|fetch";

  const own = (value, key) => Object.hasOwn(value, key);

  const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  const only = (value, keys) => Object.keys(value).every((key) => keys.includes(key));

  // A channel crosses as the text "__CHANNEL__:<number>".
  const channel = (value) => typeof value === "string" && /^__CHANNEL__:\d{1,16}$/.test(value);

  const ours = (payload, keys) =>
    plain(payload) && only(payload, keys) && own(payload, "event") && EVENTS.includes(payload.event);

  function allowed(message) {
    if (!plain(message) || typeof message.cmd !== "string") return false;
    if (message.cmd === CHANNEL_FETCH) return true;
    if (message.cmd === "plugin:event|listen") return ours(message.payload, ["event", "target", "handler"]);
    if (message.cmd === "plugin:event|unlisten") return ours(message.payload, ["event", "eventId"]);
    if (message.cmd !== "command") return false;
    const payload = message.payload;
    return (
      plain(payload) &&
      only(payload, ["name", "request", "progress"]) &&
      own(payload, "name") &&
      typeof payload.name === "string" &&
      COMMANDS.has(payload.name) &&
      plain(payload.request) &&
      channel(payload.progress)
    );
  }

  window.__TAURI_ISOLATION_HOOK__ = (message) => {
    if (allowed(message)) return message;
    throw new Error("This message is not one that the window may send.");
  };
})();
