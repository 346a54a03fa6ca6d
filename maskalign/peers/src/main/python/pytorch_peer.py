"""The work of the contest in PyTorch, for peers.python.PyTorchSide.

    python3 pytorch_peer.py WORK THREADS [--compile]

WORK: about; whole-s, whole-b (MaskAlign step with a ViT-B/16 teacher, batch 16); step-s (ViT-S
student step, 8 x 60 tokens); forward-4, forward-1 (ViT-B/16). All with random weights, in F32, or
in BF16 by autocast if WORK ends in -bf16.
Prints "ready"; then, for each line N of the input, calls the work N times and prints
"time WALL CPU", nanoseconds in all. "about" prints a line and ends.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

PATCHES, VISIBLE, LEVELS, TEACHER = 196, 58, 5, 768
SMALL, BASE = (384, 6), (768, 12)


class Block(nn.Module):
    """x [B, T, D] -> [B, T, D] and, if asked, q and k [B, H, T, D / H]."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = (nn.LayerNorm(width, eps=1e-6) for _ in range(2))
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, t, d = x.shape
        qkv = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, d // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, d)
        x = x + self.proj(mixed)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x)))), q, k


class ViT(nn.Module):
    """images [B, 3, 224, 224] -> 12 levels [B, T, D], and the importance of patches [B, 196]."""

    def __init__(self, width, heads):
        super().__init__()
        self.patch = nn.Linear(3 * 16 * 16, width)
        self.cls = nn.Parameter(0.02 * torch.randn(1, 1, width))
        self.register_buffer("positions", 0.02 * torch.randn(1, 1 + PATCHES, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(12))
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images, visible=None, importance=False):
        b = images.shape[0]
        x = images.view(b, 3, 14, 16, 14, 16).permute(0, 2, 4, 1, 3, 5).reshape(b, PATCHES, -1)
        places = self.positions[:, 1:].expand(b, -1, -1)
        if visible is not None:  # before the projection, which is then of the visible ones only
            x, places = gather(x, visible), gather(places, visible)
        first = (self.cls + self.positions[:, :1]).expand(b, -1, -1)
        x = torch.cat([first, self.patch(x) + places], 1)
        levels = []
        for block in self.blocks:
            x, q, k = block(x)
            levels.append(x)
        if not importance:
            return levels
        scores = q[:, :, :1] @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
        return levels, scores.softmax(-1)[:, :, 0, 1:].mean(1)


class MaskAlign(nn.Module):
    """The student's loss at the visible patches and the class token."""

    def __init__(self, width, heads):
        super().__init__()
        self.student = ViT(width, heads)
        self.mix = nn.Parameter((torch.eye(12) + 0.01)[-LEVELS:])
        self.adaptors = nn.ModuleList(nn.Linear(width, TEACHER) for _ in range(LEVELS))

    def forward(self, images, visible, levels):
        tokens = torch.cat([torch.zeros_like(visible[:, :1]), visible + 1], 1)
        seen = torch.tensordot(self.mix, torch.stack(self.student(images, visible)), 1)
        loss = 0
        for adaptor, mixed, level in zip(self.adaptors, seen, levels):
            target = F.layer_norm(gather(level, tokens), (TEACHER,))
            loss = loss + 2 * F.smooth_l1_loss(adaptor(mixed), target)
        return loss / LEVELS


def gather(x, index):
    return x.gather(1, index[:, :, None].expand(-1, -1, x.shape[2]))


def optimizer(model):
    named = [(n, p) for n, p in model.named_parameters() if "student.norm." not in n]
    decayed = [p for n, p in named if p.dim() > 1 and n != "mix"]
    others = [p for n, p in named if not (p.dim() > 1 and n != "mix")]
    groups = [{"params": decayed, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-4, betas=(0.9, 0.95), fused=True)


def training(size, batch, visible, teacher, compiled, autocast):
    """A step; with a teacher, its features and the mask are part of it."""
    model = MaskAlign(*size)
    adamw, loss_of = optimizer(model), compiled(model)
    images = torch.randn(batch, 3, 224, 224)
    whole = compiled(ViT(*BASE).eval().requires_grad_(False)) if teacher else None
    kept = (3 * torch.arange(visible)).expand(batch, -1)
    fixed = [torch.randn(batch, 1 + PATCHES, TEACHER) for _ in range(LEVELS)]

    def step():
        ids, levels = kept, fixed
        with autocast:
            if teacher:
                with torch.no_grad():
                    levels, importance = whole(images, importance=True)
                    ids = torch.multinomial(importance.float(), visible)
            loss = loss_of(images, ids, levels[-LEVELS:])
        loss.backward()
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        return loss.item()

    return step


def forward(batch, compiled, autocast):
    network = ViT(*BASE).eval().requires_grad_(False)
    run, images = compiled(network), torch.randn(batch, 3, 224, 224)

    def call():
        with torch.inference_mode(), autocast:
            return network.norm(run(images)[-1][:, 0]).sum().item()

    return call


def about():
    """The libraries; MKL tells itself which instructions it uses for a product."""
    with torch.backends.mkl.verbose(torch.backends.mkl.VERBOSE_ON):
        torch.randn(64, 64) @ torch.randn(64, 64)
    capability = torch.backends.cpu.get_cpu_capability()
    print(f"about PyTorch {torch.__version__}, ATen {capability}", flush=True)


def main():
    work, threads = sys.argv[1], int(sys.argv[2])
    compiled = torch.compile if "--compile" in sys.argv else lambda module: module
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    if work == "about":
        return about()
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=work.endswith("-bf16"))
    call = {
        "whole-s": lambda: training(SMALL, 16, VISIBLE, True, compiled, autocast),
        "whole-b": lambda: training(BASE, 16, VISIBLE, True, compiled, autocast),
        "step-s": lambda: training(SMALL, 8, 59, False, compiled, autocast),
        "forward-4": lambda: forward(4, compiled, autocast),
        "forward-1": lambda: forward(1, compiled, autocast),
    }[work.removesuffix("-bf16")]()
    print("ready", flush=True)
    for line in sys.stdin:
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        for _ in range(int(line)):
            call()
        cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
        print("time", wall, cpu, flush=True)


main()
