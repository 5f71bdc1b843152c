/**
 * docs/sdk-reference.md from the docstrings of the SDK's published types: every export, its signature, its sentences.
 *   node scripts/reference.mjs             fails if the page and the types differ
 *   node scripts/reference.mjs --update    writes the page anew
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import prettier from "prettier";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..");
const TYPES = resolve(root, "sdk/dist/index.d.ts");
const PAGE = resolve(root, "docs/sdk-reference.md");

const HEAD = `# SDK reference

Every export of \`@alter-ai/alter-sdk\`, from the docstrings of its types (\`node scripts/reference.mjs --update\`). Where to
begin: [the backend in five minutes](backend.md). What can go wrong: [errors](errors.md).
`;

const main = async () => {
  if (!existsSync(TYPES)) {
    console.log("docs/sdk-reference.md: not compared, sdk/dist/index.d.ts has not been built");
    return;
  }
  const options = { ...(await prettier.resolveConfig(PAGE)), parser: "markdown" };
  const text = await prettier.format(describe(), options);
  const there = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : "";
  if (process.argv.includes("--update")) writeFileSync(PAGE, text);
  else if (text !== there) {
    console.error(
      "docs/sdk-reference.md is not what the docstrings say: node scripts/reference.mjs --update",
    );
    process.exitCode = 1;
  }
};

const describe = () => {
  const program = ts.createProgram([TYPES], { target: ts.ScriptTarget.ESNext, types: [] });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(TYPES));
  const symbols = checker
    .getExportsOfModule(module)
    .map((symbol) =>
      symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    );

  const docOf = (symbol) => {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    const tags = symbol
      .getJsDocTags(checker)
      .map(({ name, text: said }) => `*${name}* ${ts.displayPartsToString(said)}`);
    return [text, ...tags].filter(Boolean).join("\n\n").replaceAll("\n ", "\n");
  };
  const code = (node) => `\`\`\`typescript\n${withoutDocs(node)}\n\`\`\``;
  const isMember = (member) =>
    member.name !== undefined &&
    !ts.isPrivateIdentifier(member.name) &&
    !member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);

  /** Of a type or class, each member with its own sentences. */
  const members = (node) =>
    node.members
      .filter(isMember)
      .map((member) => {
        const doc = docOf(checker.getSymbolAtLocation(member.name));
        return doc && `- \`${member.name.getText()}\`: ${doc.replaceAll(/\s*\n\s*/g, " ")}`;
      })
      .filter(Boolean)
      .join("\n");

  const entry = (symbol) => {
    const [node] = symbol.declarations;
    const parts = [`### ${symbol.name}`, docOf(symbol)];
    if (ts.isClassDeclaration(node) && symbol.name === "App")
      for (const member of node.members.filter(
        (one) => isMember(one) || ts.isConstructorDeclaration(one),
      )) {
        const name = member.name?.getText() ?? "constructor";
        const own = member.name
          ? checker.getSymbolAtLocation(member.name)
          : symbol.members.get("__constructor");
        parts.push(`#### ${name}`, code(member), docOf(own));
      }
    else if (ts.isClassDeclaration(node)) parts.push(members(node));
    else if (ts.isTypeAliasDeclaration(node)) {
      parts.push(code(node));
      const literals = ts.isTypeLiteralNode(node.type)
        ? [node.type]
        : (node.type.types ?? []).filter(ts.isTypeLiteralNode);
      parts.push(...literals.map(members));
    } else
      parts.push(
        code(node.parent?.parent && ts.isVariableDeclaration(node) ? node.parent.parent : node),
      );
    return parts.filter(Boolean).join("\n\n");
  };

  const isError = ({ name }) => name.endsWith("Error");
  const kinds = [
    ["The client", symbols.filter(({ name }) => name === "App")],
    [
      "Functions and values",
      symbols.filter((one) => one.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)),
    ],
    ["Errors", symbols.filter((one) => one.flags & ts.SymbolFlags.Class && isError(one))],
    [
      "Types",
      symbols.filter(
        (one) => one.flags & ts.SymbolFlags.TypeAlias && !(one.flags & ts.SymbolFlags.Variable),
      ),
    ],
  ];
  return [
    HEAD,
    ...kinds.flatMap(([title, of]) => [
      `## ${title}`,
      ...of.toSorted((a, b) => a.name.localeCompare(b.name)).map(entry),
    ]),
  ].join("\n\n");
};

/** As declared, without the comments, which stand below in prose. */
const withoutDocs = (node) =>
  ts
    .createPrinter({ removeComments: true })
    .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
    .replace(/^export declare /, "");

await main();
