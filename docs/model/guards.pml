/*
 * What the model's guards ask, and what is left of each when its switch removes it. Numbers as in docs/security.md.
 * Included by connect.pml, which says what the names in here mean.
 */

/* The callback wants the session's own cookie: an authorization URL is of use in the browser that asked for it. */
#if defined(NO_COOKIE)
#define MAY_RETURN(by) true
#elif defined(NO_OWN_COOKIE)		/* H1: any session's cookie will do, and browsers have some */
#define MAY_RETURN(by) (cookie != nobody)
#else
#define MAY_RETURN(by) (cookie == by)
#endif

/* The window that hands the page a session is of the origin that A's server has named, */
#ifdef NO_OPENER_ORIGIN
#define OPENER_OK(origin) true
#else
#define OPENER_OK(origin) (origin == ALLOWED)
#endif

/* which is one that the broker's configuration knows. H5: else a server passes on what a browser calls itself. */
#ifdef NO_CONFIGURED_ORIGIN
#define ALLOWED (starter == mallory -> evil : app)
#else
#define ALLOWED app
#endif

/* M20: without opener and without challenge there is only the claim of a session that was made for A's server. */
#ifdef NO_CLAIM_SHAPE
#define SHAPE_OK(as) true
#define STAGED (shape == redirect || (shape == backend && for_server))
#else
#define SHAPE_OK(as) ((as == backend) == for_server)
#define STAGED (shape == redirect || shape == backend)
#endif

/* M5: the widget keeps a verifier. Without one, token or code alone suffice, and there is nothing to compare. */
#ifdef NO_VERIFIER
#define VERIFIED(by) true
#else
#define VERIFIED(by) (challenge == by)
#endif

/* M5, too: a cancel that was let in before there was a claim asks for the verifier again before it is answered. */
#ifdef NO_LAST_LOOK
#define STILL_KNOWN(by) true
#else
#define STILL_KNOWN(by) KNOWN(by)
#endif

/* H2: what a redirect has staged is told to nobody until it is redeemed. */
#ifdef NO_SILENCE
#define TELLABLE true
#else
#define TELLABLE (!STAGED || redeemed || OUTCOME == exit)
#endif

/* M1: the return page takes the code out of the address before anybody else there reads it. */
#ifdef NO_STRIPPING
#define READ_BY_OTHERS(by) (by == victim)
#else
#define READ_BY_OTHERS(by) false
#endif

/* M20: A's server redeems for the user who brought the code, and the session has to be that user's. */
#ifdef NO_SAME_USER
#define SAME_USER(by) true
#else
#define SAME_USER(by) (user == LOGGED_IN(by))
#endif

/* M14: an exchange is written only while the session is open and still waits for it. */
#ifdef NO_SECOND_LOOK
#define STILL_WANTED true
#else
#define STILL_WANTED (was_open && finishing == mine)
#endif

/*
 * H8: a step decides on the row it has read and writes if nobody has changed that row, or else decides anew. So both
 * are one. Without compare-and-set, what it decides on may be old by the time it writes.
 */
#ifdef NO_COMPARE_AND_SET
#define READ was_open = OPEN; connected = CONNECTED
#define READ_AGAIN skip
#else
#define READ skip
#define READ_AGAIN was_open = OPEN; connected = CONNECTED
#endif
#define FORGET was_open = false; connected = false

/* C1: page calls are JSON from B's own origin. Else a form on any page sends a claim, and the cookie stays there. */
#ifdef NO_C1
#define FORGED_FORM true
#else
#define FORGED_FORM false
#endif

/* Not a guard of ours: A's own login. With this, the victim is logged in to Mallory's account there. */
#ifdef LOGIN_CSRF
#define LOGGED_IN(by) mallory
#else
#define LOGGED_IN(by) by
#endif
