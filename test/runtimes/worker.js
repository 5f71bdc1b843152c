/** The smoke as a worker, for edge runtimes: settings in a request, results in its response. */
import { smoke } from "./smoke.js";

export default {
  fetch: async (request) => Response.json(await smoke(await request.json())),
};
