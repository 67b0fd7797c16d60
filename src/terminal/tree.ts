import type { TreeNode } from '../domain/evidence-tree.ts'

/** The tree drawn with box characters, one line a node, children below their parent. */
export function drawTree(root: TreeNode): string {
  return [root.text, ...root.children.flatMap((child, index) => branch(child, index, root))].join(
    '\n',
  )
}

function branch(node: TreeNode, index: number, parent: TreeNode): string[] {
  const isLast = index === parent.children.length - 1
  const below = node.children.flatMap((child, position) => branch(child, position, node))
  const stem = isLast ? '   ' : '│  '
  return [`${isLast ? '└─ ' : '├─ '}${node.text}`, ...below.map(line => stem + line)]
}
