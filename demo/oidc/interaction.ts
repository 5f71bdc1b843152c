/**
 * The steps between an authorization request and its answer: log in, allow, deny.
 * Knows oidc-provider's interaction calls and our screens; who the accounts are comes as an argument.
 */
import express, { type Request, type Response, type Router } from "express";
import { errors, type Provider } from "oidc-provider";
import type { Account, Directory } from "./directory.ts";
import { consentScreen, loginScreen, problemScreen, type Brand, type Wish } from "./screens.ts";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

export const interactionRoutes = ({
  provider,
  brand,
  directory,
  wishes,
  optional,
}: {
  provider: Provider;
  brand: Brand;
  directory: Directory;
  /** Scope to the words the consent page uses, in this order; a scope without words is not listed. */
  wishes: Record<string, string>;
  /** Scopes that the user can untick. */
  optional: string[];
}): Router => {
  const router = express.Router();
  router.use("/interaction", express.urlencoded({ extended: false, limit: "4kb" }));

  router.get("/interaction/:uid", async (req, res) => {
    const interaction = await current(req, res);
    const client = await clientName(interaction);
    const { uid } = interaction;
    if (interaction.prompt.name === "login") {
      res.send(loginScreen(brand, client, uid, directory));
      return;
    }
    const account = loggedIn(interaction);
    res.send(consentScreen(brand, client, uid, account, wishesOf(interaction)));
  });

  router.post("/interaction/:uid/login", async (req, res) => {
    const interaction = await current(req, res);
    const account = directory.byLogin(field(req, "login"));
    if (!account) {
      const client = await clientName(interaction);
      const problem = "That is not an account here. Use an e-mail address.";
      res.status(422).send(loginScreen(brand, client, interaction.uid, directory, problem));
      return;
    }
    // Whoever was logged in leaves first. Left alone, oidc-provider would log the old account out by a
    // scripted form, and revoke what it had granted: connecting a second account would kill the first.
    const session =
      interaction.session && (await provider.Session.findByUid(interaction.session.uid));
    await session?.destroy();
    interaction.session = undefined;
    interaction.result = { login: { accountId: account.id } };
    await interaction.persist();
    res.redirect(303, interaction.returnTo);
  });

  router.post("/interaction/:uid/consent", async (req, res) => {
    const interaction = await current(req, res);
    const account = loggedIn(interaction);
    const existing =
      interaction.grantId === undefined
        ? undefined
        : await provider.Grant.find(interaction.grantId);
    const grant =
      existing ??
      new provider.Grant({ accountId: account.id, clientId: String(interaction.params.client_id) });
    const ticked = texts(req, "scope");
    const out = asked(interaction).filter(
      (scope) => optional.includes(scope) && !ticked.includes(scope),
    );
    grant.addOIDCScope(
      asked(interaction)
        .filter((scope) => !out.includes(scope))
        .join(" "),
    );
    // Said no to, or it would be asked for again before anything is answered.
    if (out.length) grant.rejectOIDCScope(out.join(" "));
    await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  });

  router.post("/interaction/:uid/abort", async (req, res) => {
    await current(req, res);
    await provider.interactionFinished(
      req,
      res,
      { error: "access_denied", error_description: "The user said no" },
      { mergeWithLastSubmission: false },
    );
  });

  router.use((error: unknown, _req: Request, res: Response, next: (error: unknown) => void) => {
    if (!(error instanceof errors.SessionNotFound)) {
      next(error);
      return;
    }
    const detail = "Go back to the app you came from and start again.";
    res.status(410).send(problemScreen(brand, "This page has expired", detail));
  });

  /**
   * The interaction of this browser's cookie. Its id in the path is what makes the forms safe from
   * other sites: nobody else knows it, and cookie and path must name the same one.
   */
  const current = async (req: Request, res: Response): Promise<Interaction> => {
    const interaction = await provider.interactionDetails(req, res);
    if (interaction.uid !== req.params.uid) throw new errors.SessionNotFound("Another interaction");
    return interaction;
  };

  const loggedIn = ({ session }: Interaction): Account => {
    const account = session && directory.byId(session.accountId);
    if (!account) throw new errors.SessionNotFound("Nobody is logged in");
    return account;
  };

  const clientName = async ({ params }: Interaction): Promise<string> => {
    const client = await provider.Client.find(String(params.client_id));
    return client?.clientName ?? String(params.client_id);
  };

  const wishesOf = (interaction: Interaction): Wish[] =>
    Object.entries(wishes)
      .filter(([scope]) => asked(interaction).includes(scope))
      .map(([scope, words]) => ({ scope, words, optional: optional.includes(scope) }));

  return router;
};

const asked = ({ params }: Interaction): string[] => String(params.scope).split(" ");

const field = (req: Request, name: string): string => texts(req, name)[0]?.trim() ?? "";

/** A name that comes more than once, such as that of several boxes, is a list. */
const texts = (req: Request, name: string): string[] =>
  [(req.body as Record<string, unknown> | undefined)?.[name]]
    .flat()
    .filter((value) => typeof value === "string");
