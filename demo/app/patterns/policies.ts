/** Policies: the operator says when, from where and how often a credential may be used. The broker refuses the rest. */
import express, { type Router } from "express";
import { HttpMethod } from "@alter-ai/alter-sdk";
import type { Settings } from "./patterns.ts";

export const policies = ({ app, weatherApi }: Settings): Router => {
  const router = express.Router();

  router.get("/weather/:secret", async (req, res) => {
    const { ip } = req.query;
    const response = await app.request(HttpMethod.GET, `${weatherApi}/api/weather`, {
      // The same key under several names, each with another policy.
      provider: req.params.secret,
      // In life it is req.ip, with Express's "trust proxy" set. Here the page may choose, to show both.
      endUserIp: typeof ip === "string" ? ip : req.ip,
    });
    // A refused call was a PolicyViolationError, and the weather service has not heard of it.
    res.status(response.status).json(await response.json());
  });

  return router;
};
