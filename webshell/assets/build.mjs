// Builds the front end into the folder given as the only argument. Run by `dev.py assets`, from webshell/.
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { build } from "esbuild-wasm";
import postcss from "postcss";
import rtlcss from "postcss-rtlcss";
import { compile } from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "..", "node_modules");
const nhsuk = join(modules, "nhsuk-frontend", "dist", "nhsuk");
const out = process.argv[2];
if (!out) {
  throw new Error("usage: node assets/build.mjs FOLDER");
}

// The stand-ins of nhsuk.scss, and the custom properties of layers/_colours.scss that take their place.
const standIns = {
  "#212b33": "--layers-text",
  "#4c6273": "--layers-text-secondary",
  "#f0f4f6": "--layers-page",
  "#fffffe": "--layers-surface",
  "#d5281c": "--layers-error",
  "#d8dde1": "--layers-border",
  "#aeb7be": "--layers-border-strong",
  "#4c6274": "--layers-input-border",
  "#005eb9": "--layers-link",
  "#330073": "--layers-link-visited",
  "#7c2856": "--layers-link-hover",
  "#002f5d": "--layers-link-active",
  "#005eba": "--layers-secondary-button",
};

// One stylesheet: the design system with our additions, and for right-to-left pages what must be turned round.
const sass = compile(join(here, "nhsuk.scss"), { style: "compressed", loadPaths: [modules], quietDeps: true });
const turned = await postcss([rtlcss({ mode: "override", safeBothPrefix: false })]).process(sass.css, { from: undefined });
let css = turned.css;
for (const [colour, property] of Object.entries(standIns)) {
  if (!css.includes(colour)) {
    throw new Error(`${colour}, the stand-in for ${property}, is nowhere in the stylesheet`);
  }
  css = css.replaceAll(colour, `var(${property})`);
}
const remote = css.match(/url\(["']?(https?:)?\/\/[^)]*/);
if (remote) {
  throw new Error(`the stylesheet asks another host: ${remote[0]}`);
}

await mkdir(join(out, "images"), { recursive: true });
await writeFile(join(out, "nhsuk.css"), css);
const images = new Set([...css.matchAll(/url\(["']?images\/([\w.-]+)/g)].map((found) => found[1]));
for (const name of images) {
  await copyFile(join(nhsuk, "assets", "images", name), join(out, "images", name));
}

await copyFile(join(modules, "htmx.org", "dist", "htmx.min.js"), join(out, "htmx.min.js"));
await copyFile(join(here, "favicon.svg"), join(out, "favicon.svg"));

// Phones want pictures of dots for the home screen: 180 for an iPhone, the others for everything else.
await initWasm(await readFile(join(modules, "@resvg", "resvg-wasm", "index_bg.wasm")));
const drawing = await readFile(join(here, "app-icon.svg"), "utf8");
for (const dots of [180, 192, 512]) {
  const picture = new Resvg(drawing, { fitTo: { mode: "width", value: dots } }).render();
  await writeFile(join(out, `app-icon-${dots}.png`), picture.asPng());
}

// Each script stays a file of its own name, because the service worker keeps them by name; only the design system's
// parts are taken into those that start them.
const scripts = (await readdir(join(here, "js"))).map((name) => join(here, "js", name));
const ours = ({ path, importer }) => (importer.startsWith(here) ? { path, external: true } : undefined);
const apart = { name: "apart", setup: ({ onResolve }) => onResolve({ filter: /^\.\// }, ours) };
const common = { bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", plugins: [apart] };
for (const extension of [".mjs", ".js"]) {
  const entryPoints = scripts.filter((path) => path.endsWith(extension));
  await build({ ...common, entryPoints, outdir: out, outExtension: { ".js": extension } });
}

// What is sent small is made small once, here.
for (const name of await readdir(out)) {
  if (/\.(css|m?js|svg)$/.test(name)) {
    const content = await readFile(join(out, name));
    await writeFile(join(out, `${name}.br`), brotliCompressSync(content));
    await writeFile(join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}
