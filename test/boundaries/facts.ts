/**
 * What one source file asks of the outside: modules, globals, a few telling literals. Reads syntax trees;
 * knows no rule. Scopes are taken per file, not per block: a name declared anywhere in a file counts as the
 * file's own, so a file that calls a parameter `location` could hide a real one. Reviews catch that.
 */
import ts from "typescript";

export type Source = { path: string; text: string };

export type Facts = {
  imports: { specifier: string; typeOnly: boolean; line: number }[];
  /** `fetch`, `window.opener` as `opener`, `process.env`, `Date.now`, `new Date()`, … */
  globals: { name: string; line: number }[];
  /** Member names that are read or written anywhere: `here.opener` gives `opener`. */
  members: { name: string; line: number }[];
  /** Lines with the string "*". */
  stars: number[];
};

const GLOBAL_OBJECTS = new Set(["window", "globalThis", "self"]);

export const factsOf = ({ path, text }: Source): Facts => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kindOf(path));
  const facts: Facts = { imports: [], globals: [], members: [], stars: [] };
  const own = declaredNames(file);
  const lineOf = (node: ts.Node): number =>
    file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

  const visit = (node: ts.Node): void => {
    const line = lineOf(node);
    for (const found of importsOf(node)) facts.imports.push({ ...found, line });
    for (const name of globalsOf(node, own)) facts.globals.push({ name, line });
    const member = memberOf(node);
    if (member !== undefined) facts.members.push({ name: member, line });
    if (ts.isStringLiteralLike(node) && node.text === "*") facts.stars.push(line);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return facts;
};

const kindOf = (path: string): ts.ScriptKind =>
  path.endsWith(".tsx")
    ? ts.ScriptKind.TSX
    : path.endsWith("js")
      ? ts.ScriptKind.JS
      : ts.ScriptKind.TS;

const importsOf = (node: ts.Node): { specifier: string; typeOnly: boolean }[] => {
  if (ts.isImportDeclaration(node))
    return named(
      node.moduleSpecifier,
      node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
    );
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return named(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return named(node.argument.literal, true);
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference))
    return named(node.moduleReference.expression, node.isTypeOnly);
  if (!ts.isCallExpression(node)) return [];
  const loads =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === "require");
  return loads ? named(node.arguments[0], false) : [];
};

/** A module whose name is computed cannot be judged, and no rule allows the name it gets here. */
const named = (
  specifier: ts.Node | undefined,
  typeOnly: boolean,
): { specifier: string; typeOnly: boolean }[] => [
  {
    specifier: specifier && ts.isStringLiteralLike(specifier) ? specifier.text : "(computed)",
    typeOnly,
  },
];

const globalsOf = (node: ts.Node, own: ReadonlySet<string>): string[] => {
  if (ts.isIdentifier(node)) return isFreeReference(node, own) ? [node.text] : [];
  if (ts.isNewExpression(node))
    return ts.isIdentifier(node.expression) &&
      node.expression.text === "Date" &&
      !node.arguments?.length
      ? ["new Date()"]
      : [];
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name))
    return node.initializer && isGlobalObject(node.initializer, own)
      ? node.name.elements.map((element) => (element.propertyName ?? element.name).getText())
      : [];
  const name = memberOf(node);
  if (name === undefined || !isAccess(node)) return [];
  if (isGlobalObject(node.expression, own)) return [name];
  return ts.isIdentifier(node.expression) && !own.has(node.expression.text)
    ? [`${node.expression.text}.${name}`]
    : [];
};

const isAccess = (
  node: ts.Node,
): node is ts.PropertyAccessExpression | ts.ElementAccessExpression =>
  ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node);

const memberOf = (node: ts.Node): string | undefined => {
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)
    ? node.argumentExpression.text
    : undefined;
};

const isGlobalObject = (node: ts.Node, own: ReadonlySet<string>): boolean =>
  ts.isIdentifier(node) && GLOBAL_OBJECTS.has(node.text) && !own.has(node.text);

/** True where a name is used as a value and the file did not declare it. */
const isFreeReference = (node: ts.Identifier, own: ReadonlySet<string>): boolean => {
  const { parent } = node;
  if (own.has(node.text) || ts.isPartOfTypeNode(node)) return false;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false;
  return !("name" in parent && parent.name === node) && !isBindingKey(node);
};

const isBindingKey = (node: ts.Identifier): boolean =>
  (ts.isBindingElement(node.parent) && node.parent.propertyName === node) ||
  ts.isImportSpecifier(node.parent) ||
  ts.isExportSpecifier(node.parent);

const declaredNames = (file: ts.SourceFile): Set<string> => {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    // A parameter in a type names nothing that could be used.
    const inType = ts.isParameter(node) && ts.isFunctionTypeNode(node.parent);
    if (declares && !inType && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
};
