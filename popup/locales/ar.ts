/** Every word the page says, in Arabic. Knows names only as arguments, and that they may be written the other way. */
import { common, isolated } from "../../look/locales/ar.ts";
import type { Messages } from "./en.ts";

const the = (provider: string | undefined): string =>
  provider === undefined ? "الخدمة الأخرى" : isolated(provider);

const numbers = new Intl.NumberFormat("ar");
const plurals = new Intl.PluralRules("ar");

const accountsConnected = (count: number): string => {
  const number = numbers.format(count);
  const said: Record<Intl.LDMLPluralRule, string> = {
    zero: "لم يُربط أي حساب",
    one: "تم ربط حساب واحد",
    two: "تم ربط حسابين",
    few: `تم ربط ${number} حسابات`,
    many: `تم ربط ${number} حسابًا`,
    other: `تم ربط ${number} حساب`,
  };
  return said[plurals.select(count)];
};

const failed: Messages["failed"] = {
  access_denied: ({ provider }) => ({
    title: "لم يُمنح إذن الوصول",
    text: `رفضت أنت أو أحد المشرفين الطلب لدى ${the(provider)}. يمكنك إعادة المحاولة أو الإلغاء.`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: `تم رفض الطلب من جانب ${the(provider)}`,
    text: `يُرجى إعادة المحاولة. وإذا تكرّر ذلك، فيمكن للقائمين على ${isolated(app)} حلّ المشكلة.`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: `لا توجد استجابة من ${the(provider)}`,
    text: "قد تكون الخدمة متوقّفة مؤقتًا. يُرجى إعادة المحاولة بعد دقيقة.",
  }),
  provider_timeout: ({ provider }) => ({
    title: `استغرق الردّ من ${the(provider)} وقتًا طويلاً`,
    text: "لم يصل الردّ في الوقت المناسب. يُرجى إعادة المحاولة بعد دقيقة.",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "لم تنجح العملية",
    text: `لم يكن الردّ من ${the(provider)} كما ينبغي، لذلك أوقفنا العملية. يُرجى إعادة المحاولة.`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "لم نتمكّن من معرفة صاحب الحساب",
    text: `لا نربط أي حساب من دون هذه المعلومة من ${the(provider)}. يُرجى إعادة المحاولة.`,
  }),
  finishing_timed_out: () => ({
    title: "استغرقت الخطوة الأخيرة وقتًا طويلاً",
    text: "تم إيقافها ولم يُربط الحساب. يُرجى إعادة المحاولة.",
  }),
  authorization_superseded: () => ({
    title: "كانت تلك محاولة سابقة",
    text: "بدأت بعدها محاولة أحدث، لذلك لم تعد المحاولة السابقة صالحة. يُرجى إعادة المحاولة من هنا.",
  }),
  authorization_expired: ({ provider }) => ({
    title: "انتهت صلاحية تلك المحاولة",
    text: `استغرقت المحاولة وقتًا طويلاً لدى ${the(provider)}، لذلك لم تعد صالحة. يُرجى إعادة المحاولة.`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: `لا يمكن فتح ${the(provider)} داخل هذا التطبيق`,
    text: `يُرجى نسخ العنوان وفتحه في متصفّحك المعتاد، ثم البدء من جديد في ${isolated(app)}.`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "لم تُمنح بعض الأذونات",
    text: `لا يعمل ${isolated(app)} من دون كل ما يطلبه لدى ${the(provider)}. يُرجى إعادة المحاولة ومنح جميع الأذونات.`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "تكرّرت المحاولة أكثر من اللازم",
    text: `يُرجى الرجوع إلى ${isolated(app)} والبدء من جديد من هناك.`,
  }),
  unexpected: () => ({
    title: "حدث خطأ ما",
    text: "لم يكن ذلك بسببك. يُرجى إعادة المحاولة بعد قليل.",
  }),
};

const ended: Messages["ended"] = {
  cancelled: () => ({ title: "تم الإلغاء", text: "لم يُربط أي حساب." }),
  denied: () => ({ title: "لم يُربط أي حساب", text: "لم يُمنح إذن الوصول." }),
  expired: (app) => ({
    title: "استغرق ذلك وقتًا طويلاً",
    text: `حفاظًا على أمانك، تبقى هذه الصفحة مفتوحة لمدة محدودة. يُرجى الرجوع إلى ${isolated(app)} والبدء من جديد.`,
  }),
  wrong_user: (app) => ({
    title: "لم يُربط أي حساب",
    text: `يُرجى الرجوع إلى ${isolated(app)} وتسجيل الدخول بحسابك، ثم البدء من جديد.`,
  }),
  elsewhere: (app) => ({
    title: "فُتحت الصفحة في مكان آخر",
    text: `فُتحت هذه الصفحة في نافذة أخرى، لذلك توقّفت هنا. إذا لم يكن ذلك منك، فيُرجى الرجوع إلى ${isolated(app)} والبدء من جديد.`,
  }),
  over: (app) => ({
    title: "انتهت هذه العملية",
    text: `يُرجى الرجوع إلى ${isolated(app)} لمعرفة الحسابات المربوطة أو للبدء من جديد.`,
  }),
};

export const ar: Messages = {
  ...common,
  pageTitle: (app) => (app ? `ربط حساب – ${isolated(app)}` : "ربط حساب"),

  loading: "لحظة من فضلك…",

  identity: {
    caption: (app) => `تم تسجيل الدخول إلى ${isolated(app)} باسم`,
    notYou: "ليس حسابك؟",
  },

  requestedBy: "الطلب من",
  confirm: {
    title: ({ app, provider }) => `ربط ${isolated(provider)} بـ ${isolated(app)}`,
    scopes: (app) => `سيتمكّن ${isolated(app)} من`,
    titleAgain: ({ app, provider }) => `إعادة ربط ${isolated(provider)} بـ ${isolated(app)}`,
    renewed: (provider) => `يُرجى تسجيل الدخول لدى ${isolated(provider)} بهذا الحساب`,
    noScopes: (provider) => `سيظهر لك ما هو مطلوب لدى ${isolated(provider)} قبل موافقتك.`,
    already: "الحسابات المربوطة بالفعل",
    example: (example) => `مثال: ${isolated(example)}`,
    amiss: (provider, example = "") =>
      `هذه ليست الصيغة المستخدَمة لدى ${isolated(provider)}.${example && ` مثال: ${isolated(example)}`}`,
    go: (provider) => `المتابعة إلى ${isolated(provider)}`,
    allowedBy: (app) => `سيتمكّن ${isolated(app)} من فعل كل ما يتيحه ذلك.`,
    help: (provider) => `أين يمكن العثور على ذلك لدى ${isolated(provider)}`,
    refused: (provider) =>
      `لم يُقبَل ذلك لدى ${isolated(provider)}. يُرجى التحقّق من نسخه كاملًا ومن أنه لا يزال صالحًا.`,
    kept: ({ app, provider }) =>
      `يُتحقَّق من صحته مرة واحدة لدى ${isolated(provider)}، ثم يُحفظ مشفّرًا. ولا يمرّ أبدًا عبر صفحة من صفحات ${isolated(app)}.`,
    assurance: ({ app, provider }) =>
      `يتم تسجيل الدخول لدى ${isolated(provider)}. ولا يطّلع ${isolated(app)} على كلمة مرورك أبدًا.`,
  },
  choose: {
    title: (app) => `ربط حساب بـ ${isolated(app)}`,
    titleMore: (app) => `هل تريد ربط خدمة أخرى بـ ${isolated(app)}؟`,
    list: "اختيار خدمة",
    connected: "تم ربطها الآن",
    connectedAs: "المربوط:",
    done: "تم",

    search: "البحث بالاسم",
    categories: "أنواع الخدمات",
    all: "الكل",
    count: ({ count, all }) =>
      `الخدمات المعروضة: ${numbers.format(count)} من ${numbers.format(all)}`,
    none: "لا تتوفّر هنا خدمة بهذا الاسم.",
    clear: "عرض جميع الخدمات",

    connect: (provider) => `ربط ${isolated(provider)}`,
    accountsAt: (provider) => `حساباتك لدى ${isolated(provider)}`,
    broken: "يلزم الربط من جديد",
    reconnect: "إعادة الربط",
    reconnectAt: ({ account, provider }) =>
      `إعادة الربط للحساب ${isolated(account)} لدى ${isolated(provider)}`,
    another: "إضافة حساب آخر",
    anotherAt: (provider) => `إضافة حساب آخر لدى ${isolated(provider)}`,
  },
  categories: {
    communication: "الاتصالات",
    productivity: "الإنتاجية",
    files: "الملفات",
    developer: "التطوير",
    design: "التصميم",
    sales: "المبيعات",
    marketing: "التسويق",
    commerce: "المتاجر",
    finance: "الشؤون المالية",
    hr: "الموارد البشرية",
    social: "الشبكات الاجتماعية",
    health: "الصحة",
    identity: "تسجيل الدخول",
  },
  back: "رجوع",
  retry: (provider) => (provider ? `إعادة المحاولة مع ${isolated(provider)}` : "إعادة المحاولة"),
  copy: "نسخ العنوان",
  copied: "تم النسخ",
  closeWindow: "إغلاق النافذة",
  canClose: "يمكنك إغلاق هذه النافذة.",

  leaving: (to) => `جارٍ الانتقال إلى ${isolated(to)}…`,
  leavingSlow: "يستغرق ذلك وقتًا أطول من اللازم.",
  finishing: "جارٍ إكمال الربط…",
  finishingText: "يستغرق ذلك بضع ثوانٍ. يُرجى إبقاء النافذة مفتوحة.",

  finished: {
    title: (provider) => `تم ربط ${isolated(provider)}`,
    titleAgain: (provider) => `تمت إعادة ربط ${isolated(provider)}`,
    titleMany: accountsConnected,
    account: (owner) => `حساب ${isolated(owner)}`,
    to: "مربوط بالحساب",
    another: (account) => `هذا حساب غير ${isolated(account)}، الذي بقي كما كان.`,
    differs: (app) =>
      `العنوانان غير متطابقين. إذا لم يكن ذلك مقصودًا، فيُرجى إلغاء الربط في ${isolated(app)}.`,
    closing: "ستُغلق هذه النافذة تلقائيًا.",
  },

  failed,

  ended,
  theApp: "التطبيق",
  offline: "لا يوجد اتصال بالإنترنت. ستتابع هذه الصفحة عملها عند عودة الاتصال.",
  preview: {
    banner: "معاينة – لا يمكن ربط أي حساب",
    mark: "معاينة",
    refused: "في المعاينة، لا ينقلك هذا الزر إلى أي مكان.",
  },
  backTo: (app) => `الرجوع إلى ${isolated(app)}`,

  openFromApp: {
    title: "يُرجى فتح هذه الصفحة من التطبيق",
    text: "لا تعمل هذه الصفحة إلا إذا فتحها تطبيق. يُرجى الرجوع إلى التطبيق والضغط على زر الربط فيه.",
  },
  sentLink: "ربما أرسل إليك شخص ما هذا الرابط. لم يُربط أي حساب.",
  lost: {
    title: "يُرجى الرجوع إلى المتصفّح والتطبيق اللذين بدأت منهما",
    text: "تخصّ هذه الصفحة عملية بدأت في مكان آخر.",
  },
  cookiesBlocked: {
    title: "ملفات تعريف الارتباط محظورة",
    text: "يضمن ملف تعريف الارتباط ألّا يتمكّن أي شخص آخر من إكمال هذه العملية بدلاً منك. يُرجى السماح بملفات تعريف الارتباط لهذا الموقع، ثم البدء من جديد في التطبيق.",
  },
  trouble: {
    unreachable: {
      title: "يتعذّر الاتصال بالخدمة",
      text: "لا توجد استجابة من الخدمة. تواصل هذه الصفحة المحاولة، ويمكنك المتابعة من حيث توقّفت. إذا طال الأمر، فيُرجى التحقّق من اتصالك بالإنترنت.",
    },
    offline: {
      title: "لا يوجد اتصال بالإنترنت",
      text: "ستتابع هذه الصفحة عملها تلقائيًا عند عودة الاتصال بالإنترنت. لن يُفقد أي شيء.",
    },
    busy: {
      title: "عدد المحاولات كبير حاليًا",
      text: "تُجرى محاولات كثيرة في الوقت الحالي، وربما من آخرين على شبكتك. يُرجى الانتظار دقيقة ثم إعادة المحاولة.",
    },
    unexpected: {
      title: "حدث خطأ من جانبنا",
      text: "يُرجى إعادة المحاولة بعد قليل. يمكنك المتابعة من حيث توقّفت.",
    },
  },
};
