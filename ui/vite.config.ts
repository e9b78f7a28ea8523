import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The release page allows no inline script, no inline style sheet and no data: font, so nothing may be inlined.
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { host: "127.0.0.1", port: 1420, strictPort: true, fs: { allow: [".."] } },
  preview: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    outDir: "dist",
    target: ["es2022", "safari16"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: "happy-dom",
    globals: true,
    setupFiles: ["test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    testTimeout: 20_000,
  },
});
