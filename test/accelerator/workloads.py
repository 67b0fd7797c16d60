"""Work for one card whose operations are known: matrix products, transformers, and what they are not.

Operations count matrix work only, a multiply-add as two. `executed` is what the card does, with
recomputation; `model` is what the model needs of it. Data is random, because power depends on it.
"""

import time
from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

CARD = "cuda"
FP8 = torch.float8_e4m3fn
VOCABULARY = 32768


@dataclass(frozen=True)
class Work:
    """One step of work."""

    step: Callable[[], object]
    executed: float
    model: float
    pause: float = 0.0
    """Share of the time in which nothing runs."""


def idle():
    """Nothing, with the card held by a process."""
    torch.zeros(1, device=CARD)
    return Work(lambda: time.sleep(0.1), 0, 0)


def gemm(m, n, k, dtype, zeros=False, tf32=False, pause=0.0):
    """A matrix product of BF16, FP16, FP32, TF32 or FP64."""
    torch.backends.cuda.matmul.allow_tf32 = tf32
    make = torch.zeros if zeros else torch.randn
    a, b = make(m, k, device=CARD, dtype=dtype), make(k, n, device=CARD, dtype=dtype)
    c = torch.empty(m, n, device=CARD, dtype=dtype)
    return _product(lambda: torch.matmul(a, b, out=c), m, n, k, pause)


def gemm_fp8(m, n, k):
    """A matrix product of E4M3 with BF16 out."""
    a = torch.randn(m, k, device=CARD).to(FP8)
    b = torch.randn(n, k, device=CARD).to(FP8)
    one = torch.ones((), device=CARD)
    return _product(lambda: _scaled(a, b.t(), one, one), m, n, k, 0.0)


def _product(step, m, n, k, pause):
    operations = 2.0 * m * n * k
    # Small products end before the next is launched; a graph launches many at once.
    repeats = 1 if operations > 5e10 else 100
    if repeats > 1:
        step = _graphed(step, repeats)
    return Work(step, repeats * operations, repeats * operations, pause)


def _graphed(step, repeats):
    """Many steps at one launch. The graph knows addresses only: its inputs must be kept."""
    torch.cuda.synchronize()
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        step()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for _ in range(repeats):
            step()

    def replay(_inputs=step):
        graph.replay()

    return replay


def elementwise():
    """Sums of long vectors: bound by memory, one vector operation an element."""
    size = 1 << 29
    a, b = (torch.randn(size, device=CARD, dtype=torch.bfloat16) for _ in range(2))
    return Work(lambda: torch.add(a, b, out=a), size, size)


def train(width, layers, batch, length, recompute=False, fp8=False, pause=0.0):
    """A training step of a transformer: BF16 autocast, fused AdamW, attention by SDPA."""
    torch.backends.cuda.matmul.allow_tf32 = False
    with torch.device(CARD):
        model = Transformer(width, layers, Fp8Linear if fp8 else nn.Linear, recompute)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, fused=True)
    tokens = torch.randint(VOCABULARY, (batch, length + 1), device=CARD)

    def step():
        with torch.autocast(CARD, torch.bfloat16):
            logits = model(tokens[:, :-1])
            loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    body, head, attention = forward_operations(width, layers, batch, length)
    # Backward: twice a linear layer; five products of attention instead of two, one of which
    # flash attention computes again.
    executed = 3 * (body + head) + 3.5 * attention + (body + attention if recompute else 0)
    return Work(step, executed, 3 * (body + head + attention), pause)


def prefill(width, layers, batch, length):
    """Forward passes over whole prompts."""
    with torch.device(CARD):
        model = Transformer(width, layers, nn.Linear, False).to(torch.bfloat16)
    tokens = torch.randint(VOCABULARY, (batch, length), device=CARD)
    operations = sum(forward_operations(width, layers, batch, length))
    return Work(lambda: _without_gradients(model, tokens), operations, operations)


def _without_gradients(model, *inputs):
    with torch.no_grad():
        return model(*inputs)


def decode(width, layers, batch, length):
    """One token for each of `batch` sequences that are `length` long: bound by memory."""
    with torch.device(CARD):
        model = Transformer(width, layers, nn.Linear, False).to(torch.bfloat16)
    tokens = torch.randint(VOCABULARY, (batch, 1), device=CARD)
    shape = (layers, 2, batch, model.heads, length, width // model.heads)
    past = torch.randn(shape, device=CARD, dtype=torch.bfloat16)
    step = _graphed(lambda: _without_gradients(model, tokens, past), 4)
    linear = 2.0 * batch * (12 * width**2 * layers + width * VOCABULARY)
    operations = 4 * (linear + 4.0 * batch * length * width * layers)
    return Work(step, operations, operations)


def forward_operations(width, layers, batch, length):
    """Of the blocks' linear layers, the head, and causal attention (half of the square)."""
    tokens = batch * length
    body = 2.0 * tokens * 12 * width**2 * layers
    head = 2.0 * tokens * width * VOCABULARY
    attention = 2.0 * tokens * (length + 1) * width * layers
    return body, head, attention


class Transformer(nn.Module):
    """Decoder of the common kind, without biases and dropout."""

    def __init__(self, width, layers, linear, recompute):
        super().__init__()
        self.heads = width // 64 if width < 1024 else width // 128
        self.recompute = recompute
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.blocks = nn.ModuleList(Block(width, self.heads, linear) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, VOCABULARY, bias=False)

    def forward(self, tokens, past=None):
        x = self.embedding(tokens)
        for layer, block in enumerate(self.blocks):
            if self.recompute:
                x = checkpoint(block, x, use_reentrant=False)
            else:
                x = block(x, None if past is None else past[layer])
        return self.head(self.norm(x))


class Block(nn.Module):
    """Attention and a feed-forward layer four times as wide."""

    def __init__(self, width, heads, linear):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.qkv = linear(width, 3 * width, bias=False)
        self.out = linear(width, width, bias=False)
        self.up = linear(width, 4 * width, bias=False)
        self.down = linear(4 * width, width, bias=False)

    def forward(self, x, past=None):
        batch, length, width = x.shape
        qkv = self.qkv(self.norms[0](x)).view(batch, length, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        if past is not None:
            k, v = past
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=past is None)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norms[1](x))))


class Fp8Linear(nn.Linear):
    """Linear layer whose three products run in FP8, scaled tensor by tensor."""

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        return _Fp8Product.apply(flat, self.weight).view(*x.shape[:-1], -1)


class _Fp8Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        (x8, x_scale), (w8, w_scale) = _quantised(x, FP8), _quantised(weight, FP8)
        ctx.save_for_backward(x8, x_scale, w8, w_scale)
        return _scaled(x8, w8.t(), x_scale, w_scale)

    @staticmethod
    def backward(ctx, gradient):
        x8, x_scale, w8, w_scale = ctx.saved_tensors
        g8, g_scale = _quantised(gradient, torch.float8_e5m2)
        # The second factor must lie column by column.
        of_x = _scaled(g8, _columns(w8), g_scale, w_scale)
        of_weight = _scaled(g8.t().contiguous(), _columns(x8), g_scale, x_scale)
        return of_x, of_weight.float()


def _quantised(tensor, kind):
    scale = tensor.abs().amax().float().clamp(min=1e-12) / torch.finfo(kind).max
    return (tensor / scale).to(kind), scale


def _columns(matrix):
    return matrix.t().contiguous().t()


def _scaled(a, b, scale_a, scale_b):
    return torch._scaled_mm(a, b, scale_a=scale_a, scale_b=scale_b, out_dtype=torch.bfloat16)
