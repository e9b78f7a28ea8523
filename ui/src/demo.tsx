// For looking at screens while working on them (`npm run dev`, then /demo.html): no host, made-up data, never built.
import { createRoot } from "react-dom/client";
import "./styles";
import { App } from "./app/App";
import { memory } from "./ipc/memory";

const asked = new URLSearchParams(location.search);
const transport = memory({}, asked.get("start") !== "empty");
if (asked.get("start") === "locked") transport.state.app.company = null;
const theme = asked.get("theme");
if (theme === "dark" || theme === "light") transport.state.app.appearance = theme;

const root = document.getElementById("root");
if (root) createRoot(root).render(<App transport={transport} />);
