// Bundles each file in `pages` into the folder that is given; compiles those of Svelte first.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { compile, compileModule } from "svelte/compiler";

const pages = join(import.meta.dirname, "pages");

const svelte = {
  name: "svelte",
  setup(bundler) {
    const compiled = async (path, compiler) => {
      const { js } = compiler(await readFile(path, "utf8"), { filename: path });
      return { contents: js.code, loader: "js" };
    };
    bundler.onLoad({ filter: /\.svelte$/ }, ({ path }) => compiled(path, compile));
    bundler.onLoad({ filter: /\.svelte\.js$/ }, ({ path }) => compiled(path, compileModule));
  },
};

await build({
  entryPoints: (await readdir(pages)).map((name) => join(pages, name)),
  outdir: process.argv[2],
  bundle: true,
  format: "esm",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  conditions: ["svelte", "browser"],
  plugins: [svelte],
  logLevel: "error",
});
