/** The app's pages, as Vite built them. Knows files, and which of them stand for several addresses. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import express, { type RequestHandler } from "express";
import { isPattern } from "./patterns/names.ts";

export const builtPages = (folder: string, broker: string): RequestHandler => {
  const router = express.Router();
  router.get("/guide", (_req, res) => {
    res.sendFile(join(folder, "demo/guide.html"));
  });
  const tag = readFileSync(join(folder, "demo/tag.html"), "utf8");
  router.get("/tag", (_req, res) => {
    // A real app has the address of its broker in the page; the demo's is known when it starts.
    const page = tag.replace("https://connect.example.com", broker);
    res.set("Cache-Control", "no-cache").type("html").send(page);
  });
  // One page for the list and all that is on it: its script reads the address.
  router.get(["/patterns", "/patterns/:name"], (req, res, next) => {
    const { name } = req.params;
    if (name === undefined || isPattern(name)) res.sendFile(join(folder, "demo/patterns.html"));
    else next();
  });
  router.use(
    express.static(folder, {
      redirect: false,
      setHeaders: (res, file) => {
        // Built names carry a hash of the content; the pages themselves do not.
        const kept = file.includes("assets");
        res.setHeader("Cache-Control", kept ? "max-age=31536000, immutable" : "no-cache");
      },
    }),
  );
  router.use((_req, res) => {
    res.status(404).type("text").send("There is no such page");
  });
  return router;
};
