/** Every word the Wallet says, in Arabic. Knows names only as arguments, and that they may be written the other way. */
import { common, isolated } from "../../look/locales/ar.ts";
import type { Messages } from "./en.ts";

const the = (provider: string | undefined): string =>
  provider === undefined ? "إحدى الخدمات" : isolated(provider);

/** As “service X”: two names side by side would run into each other. */
const service = (provider: string | undefined): string =>
  provider === undefined ? "إحدى الخدمات" : `خدمة ${isolated(provider)}`;

const numbers = new Intl.NumberFormat("ar");

export const words: Messages = {
  ...common,
  loading: "جارٍ التحميل…",

  connections: {
    title: "حساباتك المربوطة",
    lead: "حساباتك لدى خدمات أخرى، وما يمكن للتطبيقات فعله بها.",
    leadOf: (app) => `حساباتك لدى خدمات أخرى، وما يمكن لتطبيق ${isolated(app)} فعله بها.`,
    none: {
      title: "لم يُربط أي حساب",
      text: "عند ربط حساب في أحد التطبيقات، سيظهر هنا.",
    },
    app: "التطبيق",
    connected: "تاريخ الربط",
    lastUsed: "آخر استخدام",
    never: "لم يُستخدم بعد",
    ends: "ينتهي في",
    ended: "تاريخ إلغاء الربط",
    may: (app) => `يمكن لتطبيق ${isolated(app)}`,
    moreScopes: (count) => `أذونات أخرى: ${numbers.format(count)}`,
    noScopes: ({ app, provider }) =>
      `ما يمكن لتطبيق ${isolated(app)} فعله حُدّد لدى ${isolated(provider)}.`,
    status: {
      active: "نشط",
      expiring: "ينتهي قريبًا",
      needs_reconnect: "يلزم الربط من جديد",
      revoked: "أُلغي الربط",
    },
    reconnect: ({ app, provider }) =>
      `لا يعمل الربط حاليًا. يُرجى فتح ${isolated(app)} وإعادة ربط ${isolated(provider)}.`,
    renew: ({ app, provider }) =>
      `للإبقاء عليه، يُرجى فتح ${isolated(app)} وإعادة ربط ${isolated(provider)}.`,
    disconnect: "إلغاء الربط",
    disconnectAll: {
      app: (app) => `إلغاء كل ربط مع ${isolated(app)}`,
      provider: (provider) => `إلغاء كل ربط لدى ${isolated(provider)}`,
      both: ({ app, provider }) => `إلغاء كل ربط بين ${isolated(provider)} و${isolated(app)}`,
    },
  },

  ending: {
    title: (provider) => `هل تريد إلغاء ربط ${isolated(provider)}؟`,
    text: ({ app, provider, account }) =>
      `لن يتمكّن ${isolated(app)} بعد ذلك من استخدام ${isolated(account)} لدى ${isolated(provider)}. يمكنك إعادة ربط الحساب في ${isolated(app)}.`,
    titleAll: {
      app: (app) => `هل تريد إلغاء كل ربط مع ${isolated(app)}؟`,
      provider: (provider) => `هل تريد إلغاء كل ربط لدى ${isolated(provider)}؟`,
      both: ({ app, provider }) =>
        `هل تريد إلغاء كل ربط بين ${isolated(provider)} و${isolated(app)}؟`,
    },
    textAll: {
      app: (app) =>
        `لن يتمكّن ${isolated(app)} بعد ذلك من استخدام أي حساب قمت بربطه. يمكنك إعادة ربط الحسابات في ${isolated(app)}.`,
      provider: (provider) =>
        `لن يتمكّن أي تطبيق هنا بعد ذلك من استخدام حساباتك لدى ${isolated(provider)}. يمكنك إعادة ربطها في كل تطبيق.`,
      both: ({ app, provider }) =>
        `لن يتمكّن ${isolated(app)} بعد ذلك من استخدام حساباتك لدى ${isolated(provider)}. يمكنك إعادة ربطها في ${isolated(app)}.`,
    },
    delay: (time) => `قد يحتفظ التطبيق بإمكانية الوصول لمدة أقصاها ${isolated(time)}.`,
    confirmAll: "إلغاء الكل",
    busy: "جارٍ إلغاء الربط…",
    soFar: (count) => `أُلغي حتى الآن: ${numbers.format(count)}`,
    stop: "إيقاف",
    close: "إغلاق",
    over: "تم إلغاء الربط",
    stopped: "لم يُلغَ الربط كله بعد",
    count: (count) => `أُلغي الربط: ${numbers.format(count)}`,
    told: (count) => `أُبلغت الخدمة: ${numbers.format(count)}`,
    untold: (count) => `تعذّر إبلاغ الخدمة: ${numbers.format(count)}`,
    shared: (count) => `لم تُبلَّغ الخدمة لأن ربطًا آخر يستخدم الحساب نفسه: ${numbers.format(count)}`,
    removeAll: "يُرجى أيضًا إنهاء الوصول في إعدادات حساباتك لدى تلك الخدمات.",
  },
  told: {
    done: (provider) => `تم إلغاء الربط وإبلاغ ${isolated(provider)} بذلك.`,
    failed: (provider) => `تم إلغاء الربط هنا. تعذّر إبلاغ ${isolated(provider)} بذلك.`,
    shared: (provider) =>
      `تم إلغاء الربط. لم يُبلَّغ ${isolated(provider)} بذلك لأن ربطًا آخر يستخدم الحساب نفسه.`,
    remove: ({ app, provider }) =>
      `يُرجى أيضًا إزالة ${isolated(app)} من إعدادات حسابك لدى ${isolated(provider)}.`,
    manage: (provider) => `فتح الإعدادات لدى ${isolated(provider)}`,
    again: (app) => `يمكنك إعادة ربط الحساب في ${isolated(app)}.`,
    already: "كان الربط ملغى بالفعل.",
  },

  secrets: {
    title: (app) => `مقدَّم إليك من ${isolated(app)}`,
    note: (app) =>
      `أضافه القائمون على ${isolated(app)} لاستخدامه نيابةً عنك. وهم وحدهم من يمكنهم سحبه.`,
    user: "لك وحدك",
    group: "لمجموعة تنتمي إليها",
    everyone: (app) => `لكل من يستخدم ${isolated(app)}`,
    given: "تاريخ التقديم",
    active: "نشط",
    expired: "انتهت صلاحيته",
  },

  activity: {
    title: "النشاط",
    lead: "ما تم نيابةً عنك، الأحدث أولًا.",
    none: {
      title: "لم يحدث شيء بعد",
      text: "عندما يستخدم أحد التطبيقات حسابًا من حساباتك، سيظهر ذلك هنا.",
    },
    allowed: "مسموح",
    refused: "مرفوض",
    because: (reason) => `مرفوض: ${isolated(reason)}`,
    kinds: {
      used: ({ app, provider }) => `استخدم تطبيق ${isolated(app)} ${service(provider)}`,
      refused: ({ app, provider }) => `أراد تطبيق ${isolated(app)} استخدام ${service(provider)}`,
      connected: ({ app, provider }) => `تم ربط ${the(provider)} بـ ${isolated(app)} من جانبك`,
      reconnected: ({ app, provider }) =>
        `تمت إعادة ربط ${the(provider)} بـ ${isolated(app)} من جانبك`,
      ended_by_provider: ({ app, provider }) =>
        `أُنهي وصول ${isolated(app)} من جانب ${the(provider)}`,
      expired: ({ app, provider }) => `انتهت مدة وصول ${isolated(app)} إلى ${the(provider)}`,
    },
    revokedBy: {
      you: ({ app, provider }) => `أُلغي ربط ${the(provider)} بـ ${isolated(app)} من جانبك`,
      app: ({ app, provider }) => `أُلغي ربط ${the(provider)} من جانب ${isolated(app)}`,
      operator: ({ app, provider }) =>
        `أُلغي ربط ${the(provider)} من جانب القائمين على ${isolated(app)}`,
      identity_provider: ({ app, provider }) =>
        `أُلغي ربط ${the(provider)} بـ ${isolated(app)} لأن حسابك أُغلق`,
      broker: ({ app, provider }) => `أُلغي ربط ${the(provider)} بـ ${isolated(app)} تلقائيًا`,
    },
    revoked: ({ app, provider }) => `أُلغي ربط ${the(provider)} بـ ${isolated(app)}`,
    reasons: {
      grant_not_found: "لا يوجد حساب مربوط لذلك",
      ambiguous_grant: "لم يُحدَّد أي حساب من بين عدة حسابات",
      grant_revoked: "كان الربط قد أُلغي من جانبك",
      credential_revoked: "كانت الخدمة قد أنهت الوصول",
      grant_expired: "كانت مدة الوصول قد انتهت",
      scope_reauth_required: "لم يُمنح إذن بكل ذلك",
      policy_violation: "تمنعه قاعدة وضعها المشغّل",
      host_not_allowed: "كان الطلب سيُرسل إلى عنوان آخر",
      provider_not_allowed: "لا يجوز للتطبيق استخدام هذه الخدمة",
      provider_unavailable: "لم تستجب الخدمة",
      provider_timeout: "استغرقت الخدمة وقتًا طويلًا",
      rate_limited: "كان عدد الطلبات كبيرًا جدًا",
      overloaded: "كان عدد الطلبات كبيرًا جدًا",
      invalid_user_token: "لم تكن جلستك في التطبيق صالحة",
    },
    other: "لم يكن الطلب مسموحًا به",
  },

  filter: {
    label: "عرض",
    app: "التطبيق",
    allApps: "جميع التطبيقات",
    provider: "الخدمة",
    allProviders: "جميع الخدمات",
    unknown: "غير ذلك",
    none: "لا يوجد شيء لهذا الاختيار.",
    clear: "عرض الكل",
  },
  views: "أقسام هذه الصفحة",
  shown: (count) => `المعروض: ${numbers.format(count)}`,
  more: "عرض المزيد",
  moreFailed: "تعذّر تحميل البقية. يُرجى إعادة المحاولة.",

  signOut: "تسجيل الخروج",
  download: {
    button: "تنزيل بياناتي",
    busy: "جارٍ تجهيز بياناتك…",
    done: "تم تنزيل بياناتك.",
    failed: "لم ينجح التنزيل ولم يُحفظ أي شيء. يُرجى إعادة المحاولة.",
  },

  signedOut: {
    title: "الاطّلاع على ما قمت بربطه",
    titleOf: (app) => `الاطّلاع على ما قمت بربطه بـ ${isolated(app)}`,
    text: "الحسابات التي يمكن للتطبيقات استخدامها، وما تم بها، وكيفية إنهاء ذلك.",
    signIn: (identity_provider) => `تسجيل الدخول من خلال ${isolated(identity_provider)}`,
    note: "يتم تسجيل الدخول حيث اعتدت ذلك. ولا تطّلع هذه الصفحة على كلمة مرورك أبدًا.",
  },
  ended: {
    title: "تم تسجيل خروجك",
    text: "لم يعد يظهر هنا أي شيء يخصّك. يُرجى تسجيل الدخول من جديد للمتابعة.",
  },
  left: {
    title: "تم تسجيل خروجك من هنا",
    text: (identity_provider) =>
      `ربما لا تزال جلستك مفتوحة لدى ${isolated(identity_provider)}. إذا كان آخرون يستخدمون هذا المتصفّح، فيُرجى تسجيل الخروج هناك أيضًا.`,
    again: (identity_provider) => `تسجيل الدخول من جديد من خلال ${isolated(identity_provider)}`,
  },
  problem: {
    denied: {
      title: "لم يتم تسجيل دخولك",
      text: "تم الرفض من جانبك أو من جانب خدمة تسجيل الدخول.",
    },
    expired: {
      title: "استغرق ذلك وقتًا طويلًا",
      text: "يجب إتمام تسجيل الدخول خلال عشر دقائق، ولا يُحتسب إلا مرة واحدة. يُرجى تسجيل الدخول من جديد.",
    },
    other_browser: {
      title: "بدأ تسجيل الدخول هذا في مكان آخر",
      text: "بدأ في متصفّح آخر أو نافذة أخرى، لذلك لا يُحتسب هنا. إذا لم يكن ذلك من جانبك، فربما أرسل إليك شخص ما الرابط. يمكنك تسجيل الدخول هنا.",
    },
    unavailable: {
      title: "لا توجد استجابة من خدمة تسجيل الدخول",
      text: "قد تكون الخدمة متوقّفة مؤقتًا. يُرجى إعادة المحاولة بعد دقيقة.",
    },
    refused: {
      title: "تعذّر تسجيل دخولك",
      text: "لم تحدّد خدمة تسجيل الدخول هويتك بطريقة معتمدة هنا. يُرجى إعادة المحاولة.",
    },
  },
  noWallet: {
    title: "لا يوجد ما يُعرض هنا",
    titleOf: (app) => `لا تتوفّر هذه الصفحة لتطبيق ${isolated(app)}`,
    text: "لا يوجد هنا تطبيق يوفّر هذه الصفحة. يمكنك الاطّلاع على ما قمت بربطه في التطبيق نفسه.",
    textOf: (app) => `يمكنك الاطّلاع على ما قمت بربطه في ${isolated(app)} نفسه.`,
    all: "عرض جميع التطبيقات",
  },
  trouble: {
    unreachable: {
      title: "يتعذّر الاتصال بالخدمة",
      text: "لا توجد استجابة من الخدمة. يُرجى التحقّق من اتصالك بالإنترنت أو إعادة المحاولة بعد قليل.",
    },
    busy: {
      title: "عدد الطلبات كبير حاليًا",
      text: "تُرسَل طلبات كثيرة في الوقت الحالي، وربما من آخرين على شبكتك. يُرجى الانتظار دقيقة ثم إعادة المحاولة.",
    },
    unexpected: {
      title: "حدث خطأ من جانبنا",
      text: "لم يكن ذلك بسببك. يُرجى إعادة المحاولة بعد قليل.",
    },
    not_signed_out: {
      title: "لا تزال جلستك مفتوحة",
      text: "لم ينجح تسجيل الخروج. يُرجى إعادة المحاولة قبل أن يستخدم آخرون هذا المتصفّح.",
    },
  },
};
