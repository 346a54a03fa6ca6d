package io.github.maskalign.vectors.uses;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A command that uses a network. */
enum Use {
  INSPECT("inspect", "MODEL", "--summary", "--load"),
  FEATURES("features", "--data=IMAGES", "--weights=MODEL", "--out=OUT.npy"),
  KNN("knn", "--data=IMAGES", "--weights=MODEL", "--split=0.3", "--k=1"),
  PRETRAIN(
      "pretrain",
      "--data=IMAGES",
      "--teacher=MODEL",
      "--mask=attentive",
      "--image-size=64",
      "--patch-size=16",
      "--epochs=1",
      "--batch=4",
      "--quiet",
      "--out=OUT"),
  FINETUNE(
      "finetune",
      "--data=IMAGES",
      "--weights=MODEL",
      "--split=0.4",
      "--epochs=1",
      "--batch=4",
      "--quiet",
      "--out=OUT"),
  PROBE(
      "probe",
      "--data=IMAGES",
      "--weights=MODEL",
      "--split=0.4",
      "--epochs=1",
      "--batch=4",
      "--quiet",
      "--out=OUT"),
  PATCHES("patches", "IMAGE", "--weights=MODEL", "--out=OUT.png"),
  ATTENTION("attention", "IMAGE", "--weights=MODEL", "--out=OUT.png"),
  MASK("mask", "IMAGE", "--weights=MODEL", "--draws=2", "--out=OUT.png"),
  ONNX("export", "MODEL", "--format=onnx", "--output=OUT.onnx");

  private final List<String> words;

  Use(String... words) {
    this.words = List.of(words);
  }

  /** The command and its arguments. */
  String[] arguments(Path model, Path images, Path out) {
    List<String> arguments = new ArrayList<>();
    for (String word : words) {
      arguments.add(
          word.replace("MODEL", model.toString())
              .replace("IMAGES", images.toString())
              .replace("IMAGE", Pictures.first(images).toString())
              .replace("OUT", out.toString()));
    }
    return arguments.toArray(String[]::new);
  }
}
