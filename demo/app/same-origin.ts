/**
 * Only the app's own pages may call the app: other origins neither mint sessions nor disconnect accounts in the
 * user's name. Lax cookies alone do not do it: ports of localhost, or subdomains in life, are the same site.
 */
import type { NextFunction, Request, RequestHandler, Response } from "express";

export const sameOrigin =
  (origin: string): RequestHandler =>
  (req: Request, res: Response, next: NextFunction) => {
    if (isOwn(req, origin)) next();
    else res.status(403).json({ code: "cross_origin_refused" });
  };

const isOwn = (req: Request, origin: string): boolean => {
  // Browsers send Origin with every POST. For GET, Sec-Fetch-Site tells pages of others apart from a person's
  // own address bar ("none"); a client without either header is no browser and carries no cookie it was tricked into.
  if (req.method !== "GET" && req.method !== "HEAD") return req.get("origin") === origin;
  const site = req.get("sec-fetch-site");
  return site === undefined || site === "same-origin" || site === "none";
};
