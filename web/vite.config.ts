import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** Files smaller than this gain nothing by being packed. */
const PACKED_BYTES_MIN = 1_024;

/** Writes `NAME.gz` beside every file that the server may send packed. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        if (bytes.length >= PACKED_BYTES_MIN) writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Where the server is that the pages under development talk to. */
const SERVER = process.env.WEND_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), packed()],
  build: { target: "es2023", assetsInlineLimit: 0, reportCompressedSize: true },
  server: {
    host: "127.0.0.1",
    // Forms are made from the schema in docs/reference.
    fs: { allow: [".."] },
    proxy: {
      "/api": SERVER,
      "/app": SERVER,
      "/v1": SERVER,
    },
  },
});
