package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Rung;
import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.VectorWidth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A kernel in machine code: which instructions it uses, and whether they can run here. */
final class MachineRung implements Bf16Rung {

  /** From the fastest. */
  static final List<MachineRung> ALL =
      List.of(
          new MachineRung(
              "avx512-bf16",
              "AVX-512 BF16",
              new DotTile(),
              List.of(Feature.AVX512F, Feature.AVX512_BF16)),
          new MachineRung(
              "avx512", "AVX-512 FMA", new FmaTile(VectorWidth.ZMM), List.of(Feature.AVX512F)),
          new MachineRung(
              "avx2",
              "AVX2 FMA",
              new FmaTile(VectorWidth.YMM),
              List.of(Feature.AVX2, Feature.FMA)));

  private final String name;
  private final String description;
  private final Tile tile;
  private final List<Feature> needs;

  /** Opened once, as its code stays until the JVM ends. */
  private @Nullable Bf16Kernel kernel;

  private MachineRung(String name, String description, Tile tile, List<Feature> needs) {
    this.name = name;
    this.description = description;
    this.tile = tile;
    this.needs = needs;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean multipliesInF32() {
    return !needs.contains(Feature.AVX512_BF16);
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public synchronized Attempt open() {
    try {
      @Nullable Bf16Kernel opened = kernel;
      if (opened == null) {
        opened = create();
        kernel = opened;
      }
      return new Attempt.Opened(opened);
    } catch (RefusedException e) {
      return new Attempt.Refused(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      // Such as a C library without one of the functions.
      return new Attempt.Refused("machine code cannot be prepared: " + e);
    }
  }

  private Bf16Kernel create() throws RefusedException {
    Platform.check();
    EmittedInquiry.processor().require(needs);
    List<byte[]> pieces = new ArrayList<>();
    for (int rows = 1; rows <= maxRows(); rows++) {
      Assembler code = new Assembler();
      emit(code, rows);
      pieces.add(code.bytes());
    }
    return new MachineKernel(description, CodeMemory.install(pieces));
  }

  /** Emits the code for tiles of so many rows. */
  void emit(Assembler code, int rows) {
    // Not formatted: that takes a cold JVM longer than all else here.
    String text = String.join(" ", "maskalign", name, Integer.toString(rows), "rows");
    PanelEmitter.emit(code, tile, rows, text);
  }

  /** The most rows of a tile. */
  int maxRows() {
    return tile.maxRows();
  }
}
