import { createRoot } from "react-dom/client";
import "./styles";
import { App } from "./app/App";
import { tauri } from "./ipc/tauri";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App transport={tauri} />);
