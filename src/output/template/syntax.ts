/** A parsed Go template (text/template); `at` is an offset in its text. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | ActionNode
  | BranchNode
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | TemplateCall;

export interface ActionNode {
  readonly kind: 'action';
  readonly pipeline: Pipeline;
  readonly at: number;
}

export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
  readonly at: number;
}

/** `{{template "name" .}}` */
export interface TemplateCall {
  readonly kind: 'template';
  readonly name: string;
  readonly pipeline: Pipeline | undefined;
  readonly at: number;
}

/** Commands joined by `|`; the result may be put into variables first. */
export interface Pipeline {
  readonly kind: 'pipeline';
  /** `$x :=`, or `$i, $x :=` of a range. */
  readonly variables: readonly string[];
  /** True: `=`, the variables exist already. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
  readonly at: number;
}

/** A function or a value, followed by its arguments. */
export interface Command {
  readonly kind: 'command';
  readonly args: readonly [Operand, ...Operand[]];
  readonly at: number;
}

export type Operand =
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'bool'; readonly value: boolean; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly text: string; readonly at: number }
  | NumberOperand
  | { readonly kind: 'identifier'; readonly name: string; readonly at: number }
  | FieldOperand
  | VariableOperand
  | Pipeline
  | ChainOperand;

export interface NumberOperand {
  readonly kind: 'number';
  readonly text: string;
  readonly value: number;
  /** Whether it is a float where nothing else is asked for. */
  readonly isFloat: boolean;
  readonly at: number;
}

/** `.A.B` */
export interface FieldOperand {
  readonly kind: 'field';
  readonly path: readonly string[];
  readonly at: number;
}

/** `$x.A` */
export interface VariableOperand {
  readonly kind: 'variable';
  readonly name: string;
  readonly path: readonly string[];
  readonly at: number;
}

/** `(…).A.B` */
export interface ChainOperand {
  readonly kind: 'chain';
  readonly operand: Operand;
  readonly path: readonly string[];
  readonly at: number;
}

/** A template, and those that it defines by name. */
export interface Template {
  readonly source: string;
  readonly nodes: readonly TemplateNode[];
  readonly defined: ReadonlyMap<string, readonly TemplateNode[]>;
}

type Shown = TemplateNode | Command | Operand;

/** A part of a template as messages show it. */
export function showNode(node: Shown): string {
  switch (node.kind) {
    case 'text':
      return JSON.stringify(node.text);
    case 'action':
      return `{{${showNode(node.pipeline)}}}`;
    case 'if':
    case 'with':
    case 'range':
      return `{{${node.kind} ${showNode(node.pipeline)}}}`;
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'template': {
      const argument = node.pipeline === undefined ? '' : ` ${showNode(node.pipeline)}`;
      return `{{template ${JSON.stringify(node.name)}${argument}}}`;
    }
    case 'pipeline': {
      const { variables, assigns, commands } = node;
      const target = variables.length > 0 ? `${variables.join(', ')} ${assigns ? '=' : ':='} ` : '';
      return target + commands.map(showNode).join(' | ');
    }
    case 'command':
      return node.args
        .map((arg) => (arg.kind === 'pipeline' ? `(${showNode(arg)})` : showNode(arg)))
        .join(' ');
    default:
      return showOperand(node);
  }
}

function showOperand(operand: Exclude<Operand, Pipeline>): string {
  switch (operand.kind) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(operand.value);
    case 'string':
    case 'number':
      return operand.text;
    case 'identifier':
      return operand.name;
    case 'field':
      return operand.path.map((name) => `.${name}`).join('');
    case 'variable':
      return [operand.name, ...operand.path].join('.');
    case 'chain': {
      const inner = showNode(operand.operand);
      const shown = operand.operand.kind === 'pipeline' ? `(${inner})` : inner;
      return [shown, ...operand.path].join('.');
    }
  }
}
