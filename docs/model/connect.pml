/*
 * The connect protocol, as far as who may finish what somebody else began: widget, hosted page, broker, provider, a
 * victim and Mallory. Spin searches every run of it (`npm run model`). docs/security.md tells what it abstracts from.
 *
 * Two people, each with a browser and an account at the app (A) and at the provider (P). One session is followed, and
 * left open which of the two began it: sessions share nothing but the browsers. `mallory` as a browser is curl as
 * well: she sends any call whose secrets she knows. She cannot read the victim's cookies, pages or storage, nor make
 * another browser lie about Origin. The victim clicks whatever she is shown.
 */
mtype:who = { nobody, victim, mallory };
mtype:origin = { app, evil };
mtype:shape = { unclaimed, popup, redirect, backend };
mtype:outcome = { open, success, exit, error };
mtype:grant = { none, pending, standing, revoked };	/* standing: active, which is Promela's own word */
mtype:way = { nowhere, from_app, from_evil, leaving, link, bare_link };

/* ---- the broker's row --------------------------------------------------------------------------------------- */

/* Said by A's server, for the user who is logged in there. */
mtype:who user = nobody;
bool for_server;			/* completion: "backend" */
bool multiple;
/* Fixed by the claim. A challenge and a claim_id go by the name of who knows the secret behind them. */
mtype:shape shape = unclaimed;
mtype:who challenge = nobody;
mtype:who claim_id = nobody;
mtype:who cookie = nobody;		/* the browser that holds this session's own */
/* On the way: authorizations by number, from 1. */
byte authorizations;
byte live;				/* the one that may still come back */
byte finishing;				/* the one whose exchange holds the lease */
mtype:grant grant = none;
mtype:who account = nobody;		/* whose account at P it opens: theirs who sat at the browser that finished */
/* The end. */
bool expired;
mtype:outcome outcome = open;
bool redeemed;

/* ---- what people and browsers have -------------------------------------------------------------------------- */

mtype:who starter = nobody;		/* who clicked Connect on A */
bool stolen;				/* Mallory has got the victim's session token */
mtype:way way = nowhere;		/* how the victim's browser comes to the hosted page */
byte url[4];				/* by browser: the newest authorization URL it has */
mtype:who code = nobody;		/* the browser that was sent back with the result code */
bool code_known;			/* and Mallory has read it */
/* For the claims below. */
mtype:outcome told = open;		/* by the broker, to anybody */
mtype:outcome heard = open;		/* by the app, from the victim's widget */
bool contradicted;
bool leaked;

#define MOST 2				/* authorizations in a session; 30 in life */
#define OPEN (outcome == open && !expired)
#define CONNECTED (grant == pending || grant == standing)
/* Past its deadline a session has ended, whether or not anybody has written that down. */
#define OUTCOME (!expired -> outcome : (CONNECTED && !STAGED -> success : error))

#include "guards.pml"

/* ---- the broker --------------------------------------------------------------------------------------------- */

inline tell(to) {
	contradicted = contradicted || (told != open && told != OUTCOME);
	leaked = leaked || (to == mallory && OUTCOME == success && account == victim);
	told = OUTCOME;
	printf("  %e is told: %e\n", to, told)
}

inline conclude(how) {
	outcome = how; live = 0; finishing = 0;
	claim_id = nobody; authorizations = 0;		/* of no use any more: fewer states */
	printf("  the session has ended: %e\n", outcome)
}

inline take_back() {
	if :: CONNECTED -> grant = revoked :: else fi
}

/* Two hold the token of an open session, and one of them has claimed it [M5]. */
inline alarm() {
	printf("  alarm: claimed elsewhere\n");
	conclude(error); take_back()
}

/* `by` gets the cookie; the rest is what the call says. */
inline claim(by, as, origin, proof, attempt) {
	if
	:: !OPEN || !SHAPE_OK(as) || (as == popup && !OPENER_OK(origin))
	:: else ->
		if
		:: shape == unclaimed ->
			shape = as; challenge = proof; claim_id = attempt; cookie = by;
			printf("claimed as %e: verifier known to %e, cookie for %e\n", shape, challenge, cookie)
		:: shape != unclaimed && as == popup && !(shape == popup && challenge == proof) ->
			alarm()
		:: shape == as && challenge == proof && claim_id == attempt && authorizations == 0 ->
			cookie = by;	/* a lost reply or a reload [M6] */
			printf("claimed again: cookie for %e\n", cookie)
		:: else
		fi
	fi
}

/* A newer one supersedes what was live, and may follow an exchange that has outlived its lease. */
inline authorize(by) {
	authorizations++;
	live = authorizations;
	finishing = 0;
	url[by] = authorizations;
	printf("%e presses Continue and leaves for P\n", by)
}

/* Done, Cancel, Not you. The first to write fixes the outcome. */
inline finish(by, not_you) {
	READ_AGAIN;
	printf("%e ends it, not_you=%d\n", by, not_you);
	if
	:: was_open && not_you -> conclude(error); take_back()
	:: was_open && !not_you && connected -> conclude(success)
	:: was_open && !not_you && !connected -> conclude(exit)
	:: else
	fi;
	FORGET
}

/* The exchange's end: grant and outcome in one transaction, or nothing. */
inline commit(by) {
	READ_AGAIN;
	if
	:: STILL_WANTED ->
		account = by;
		grant = (STAGED -> pending : standing);
		finishing = 0;
		printf("%e comes back from P, with the account of %e: grant %e\n", by, account, grant);
		if :: !multiple -> conclude(success) :: else fi
	:: STILL_WANTED -> finishing = 0	/* denied, or failed at P */
	:: else					/* too late: the tokens are dropped */
	fi;
	FORGET
}

/* To the return URL, with the code where there is something to redeem. */
inline send_back(by) {
	if
	:: outcome == success && !redeemed -> code = by; printf("%e is sent back with the code\n", by)
	:: outcome == success && redeemed
	:: else -> tell(by)
	fi
}

inline redeem(by) {
	if
	:: shape == redirect && VERIFIED(by) && (grant == pending || redeemed) ->
		grant = standing; redeemed = true;
		printf("redeemed by %e: the grant is active\n", by);
		tell(by)
	:: else
	fi
}

/* A's server redeems for the user who brought the code; for somebody else's session the grant is purged. */
inline complete(by) {
	if
	:: grant == pending && SAME_USER(by) ->
		grant = standing; redeemed = true;
		printf("redeemed by A's server for %e: the grant is active\n", by);
		tell(by)
	:: grant == pending && !SAME_USER(by) -> grant = revoked
	:: else
	fi
}

/* Who asks or cancels brings the token, and the verifier once there has been a claim. */
#define KNOWN(by) (shape == unclaimed || VERIFIED(by))

/* The reply is told to `by`; `error` stands for a refusal as well. */
inline reply_to(by, reply) {
	if
	:: OUTCOME != open && TELLABLE -> tell(by); reply = OUTCOME
	:: OUTCOME != open && !TELLABLE -> reply = error
	:: else
	fi
}

inline ask(by, reply) {
	if
	:: KNOWN(by) && (OPEN || TELLABLE) -> reply_to(by, reply)
	:: KNOWN(by) && !(OPEN || TELLABLE)		/* pending, to the token alone */
	:: !KNOWN(by) && OPEN && shape != backend -> alarm(); reply = error
	:: !KNOWN(by) && !(OPEN && shape != backend) -> reply = error
	fi
}

/* ---- browsers ----------------------------------------------------------------------------------------------- */

/* On A, after the victim's click. A session made for A's server has no widget: its link is followed. */
proctype Widget(mtype:who by) {
	bool was_open, connected;
	if
	:: for_server -> way = bare_link
	:: !for_server -> way = leaving
	:: !for_server -> way = from_app
	fi;
end:	do
	:: atomic { heard == open && !for_server -> ask(by, heard) }
	/* Cancel; a closed window; Back out of a redirect. */
	:: atomic { heard == open && !for_server && KNOWN(by) -> READ };
		atomic {
			finish(by, false);
			if
			:: STILL_KNOWN(by) -> reply_to(by, heard)
			:: else -> heard = error	/* claimed since, and by somebody else */
			fi }
	od
}

/* The hosted page: B's own script, whoever's browser it is in. */
proctype Page(mtype:who by) {
	bool was_open, connected;
end:	do
	/* How it was opened decides the shape, and who knows the verifier. */
	:: atomic { way == from_app && by == victim -> way = nowhere; claim(by, popup, app, victim, victim) }
	:: atomic { way == from_evil && by == victim -> way = nowhere; claim(by, popup, evil, mallory, victim) }
	:: atomic { way == leaving && by == victim -> way = nowhere; claim(by, redirect, evil, victim, victim) }
	:: atomic { way == link && by == victim -> way = nowhere; claim(by, redirect, evil, mallory, victim) }
	:: atomic { way == bare_link && by == victim -> way = nowhere; claim(by, backend, evil, nobody, victim) }
	/* Every later call needs this session's cookie. The victim reads whose account this is for, and clicks. */
	:: atomic { cookie == by && OPEN && authorizations < MOST -> authorize(by) }
	:: atomic { cookie == by && OPEN -> READ }; atomic { finish(by, false) }
	:: atomic { cookie == by && OPEN -> READ }; atomic { finish(by, true) }
	:: atomic { cookie == by && OUTCOME != open && STAGED && code != by -> send_back(by) }
	:: atomic { cookie == by && OUTCOME != open && !STAGED ->
		tell(by);
		if	/* its message to the window that opened it */
		:: by == victim && starter == victim && heard == open -> heard = OUTCOME
		:: else
		fi }
	od
}

/* The rest of a browser. At P, whoever sits there agrees. On A's return page the code is taken out of the address. */
proctype Tab(mtype:who by) {
	bool was_open, connected;
	byte mine;
end:	do
	:: atomic { url[by] != 0 -> mine = url[by]; url[by] = 0 };
		if	/* Back from P. Without the cookie it is the neutral page, and nothing is consumed. */
		:: atomic { MAY_RETURN(by) && OPEN && live == mine -> live = 0; finishing = mine; READ };
			atomic { commit(by); mine = 0 }
		:: atomic { !(MAY_RETURN(by) && OPEN && live == mine) -> mine = 0 }
		fi
	:: atomic { code == by ->
		if :: READ_BY_OTHERS(by) -> code_known = true; printf("mallory reads the code\n") :: else fi;
		if
		:: shape == redirect && VERIFIED(by) ->
			redeem(by);
			if :: by == victim && starter == victim && heard == open -> heard = success :: else fi
		:: shape == backend -> complete(by)
		:: else		/* this browser keeps no verifier for that state: `redirect_state_lost` */
		fi;
		code = nobody }
	od
}

#define TOKEN (starter == mallory || stolen)

proctype Mallory(mtype:who by) {
	bool was_open, connected;
	mtype:outcome reply = open;
end:	do
	/* By curl: any shape, any origin. */
	:: atomic { TOKEN -> claim(by, popup, app, mallory, mallory) }
	:: atomic { TOKEN -> claim(by, redirect, app, mallory, mallory) }
	:: atomic { TOKEN -> claim(by, backend, app, nobody, mallory) }
	:: atomic { TOKEN -> ask(by, reply); reply = open }
	:: atomic { TOKEN && KNOWN(by) && OPEN -> READ }; atomic { finish(by, false) }
	:: atomic { code_known -> redeem(by) }
	/* In the victim's browser: a page that opens ours, links, the URL of P, the URL of her own return, a form. */
	:: atomic { TOKEN && way == nowhere -> way = from_evil; printf("a page of mallory's opens ours\n") }
	:: atomic { TOKEN && way == nowhere -> way = link; printf("mallory sends a link\n") }
	:: atomic { TOKEN && way == nowhere -> way = bare_link; printf("mallory sends a link without a challenge\n") }
	:: atomic { url[mallory] != 0 -> url[victim] = url[mallory]; url[mallory] = 0;
		printf("mallory sends the URL of P\n") }
	:: atomic { code == mallory -> code = victim; printf("mallory sends her return URL\n") }
	:: atomic { FORGED_FORM && TOKEN -> printf("a form of mallory's claims in the victim's browser\n"); claim(victim, popup, app, mallory, mallory) }
	od
}

init {
	atomic {
		if :: starter = mallory :: starter = victim :: starter = victim; stolen = true fi;
		if :: skip :: for_server = true fi;
		if :: skip :: multiple = true fi;
		user = LOGGED_IN(starter);
		printf("%e begins as %e: stolen=%d for_server=%d multiple=%d\n", starter, user, stolen, for_server, multiple);
		if :: starter == victim -> run Widget(victim) :: else fi;
		run Page(victim); run Page(mallory);
		run Tab(victim); run Tab(victim); run Tab(mallory);	/* two: P may answer in a new one */
		run Mallory(mallory)
	}
	/* The deadline, at any moment or never. */
	if
	:: atomic { OPEN -> expired = true; printf("the deadline passes\n") }
	:: true
	fi
}

/* ---- claims ------------------------------------------------------------------------------------------------- */

/* wire.md, section 4: a grant becomes active only if the browser that started Connect finishes it. */
#define ONE_BROWSER (grant != standing || account == starter)
/* ... and who has stolen the token cannot make the widget believe otherwise [M5]. */
#define OWN_ACCOUNT (heard != success || account == victim)
/* One outcome: nobody is told another, and what was told is so. */
#define AS_TOLD ((told != success || grant == standing) && (told == open || told == success || grant != standing))

ltl one_browser { [] (stolen || ONE_BROWSER) }
ltl own_account { [] OWN_ACCOUNT }
ltl one_outcome { [] (!contradicted && AS_TOLD) }
/* Mallory is told of no account but her own [H2]. */
ltl nothing_leaks { [] !leaked }
/* The four in one search. */
ltl all_four { [] ((stolen || ONE_BROWSER) && OWN_ACCOUNT && !contradicted && AS_TOLD && !leaked) }

/* These have to be refuted, or else those say nothing: honest runs end well. */
ltl no_popup { [] !(shape == popup && heard == success) }
ltl no_redirect { [] !(shape == redirect && heard == success) }
ltl no_backend { [] !(shape == backend && redeemed && account == starter) }

/* Refuted as well: what docs/security.md says is not covered. */
ltl even_if_stolen { [] ONE_BROWSER }
ltl even_if_logged_in_as_another { [] (stolen || grant != standing || account == user) }
