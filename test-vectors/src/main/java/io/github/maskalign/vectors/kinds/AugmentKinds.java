package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.data.augment.AugmentOp;
import io.github.maskalign.data.augment.BatchMix;
import io.github.maskalign.data.augment.BatchMix.Blend;
import io.github.maskalign.data.augment.CropBox;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.image.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** RandAugment, mixup and CutMix with given draws. */
final class AugmentKinds {

  private static final double ROUNDING = 1e-12;

  /** timm's names. */
  private static final Map<String, AugmentOp> NAMES =
      Map.ofEntries(
          Map.entry("AutoContrast", AugmentOp.AUTO_CONTRAST),
          Map.entry("Equalize", AugmentOp.EQUALIZE),
          Map.entry("Invert", AugmentOp.INVERT),
          Map.entry("Rotate", AugmentOp.ROTATE),
          Map.entry("PosterizeIncreasing", AugmentOp.POSTERIZE),
          Map.entry("SolarizeIncreasing", AugmentOp.SOLARIZE),
          Map.entry("SolarizeAdd", AugmentOp.SOLARIZE_ADD),
          Map.entry("ColorIncreasing", AugmentOp.COLOR),
          Map.entry("ContrastIncreasing", AugmentOp.CONTRAST),
          Map.entry("BrightnessIncreasing", AugmentOp.BRIGHTNESS),
          Map.entry("SharpnessIncreasing", AugmentOp.SHARPNESS),
          Map.entry("ShearX", AugmentOp.SHEAR_X),
          Map.entry("ShearY", AugmentOp.SHEAR_Y),
          Map.entry("TranslateXRel", AugmentOp.TRANSLATE_X),
          Map.entry("TranslateYRel", AugmentOp.TRANSLATE_Y));

  /** Operations whose sign is that of the distance from 1. */
  private static final Set<AugmentOp> ENHANCERS =
      Set.of(AugmentOp.COLOR, AugmentOp.CONTRAST, AugmentOp.BRIGHTNESS, AugmentOp.SHARPNESS);

  private AugmentKinds() {}

  static void operations(VectorCase given) {
    int[] fill = Arrays.stream(given.reals("fill")).mapToInt(v -> (int) v).toArray();
    Picture picture = PictureKinds.picture(given, "in.rgb");
    given
        .setting("ops")
        .properties()
        .forEach(
            entry -> {
              AugmentOp op = NAMES.get(entry.getValue().get("op").asText());
              double argument = entry.getValue().get("arg").path(0).doubleValue();
              PictureKinds.check(given, entry.getKey(), op.apply(picture, argument, fill));
            });
  }

  static void levels(VectorCase given) {
    double[] magnitudes = given.reals("magnitudes");
    List<AugmentOp> order = new ArrayList<>();
    given.setting("order").forEach(name -> order.add(NAMES.get(name.asText())));
    boolean same = order.equals(List.of(AugmentOp.values()));
    given.checks().that("order", same, "the operations are others, or in another order");
    List<AugmentOp> signed = new ArrayList<>();
    given.setting("signed_ops").forEach(name -> signed.add(NAMES.get(name.asText())));
    for (AugmentOp op : AugmentOp.values()) {
      given.checks().that("sign of " + op, op.signed() == signed.contains(op), "it has none");
    }
    given
        .setting("arg_with_positive_sign")
        .properties()
        .forEach(entry -> levels(given, entry.getKey(), magnitudes, entry.getValue()));
  }

  private static void levels(
      VectorCase given, String name, double[] magnitudes, JsonNode arguments) {
    AugmentOp op = NAMES.get(name);
    for (int i = 0; i < arguments.size(); i++) {
      double expected = arguments.get(i).doubleValue();
      String what = name + " of " + magnitudes[i];
      given.checks().equal(what, op.argument(magnitudes[i], false), expected, ROUNDING);
      double center = ENHANCERS.contains(op) ? 1 : 0;
      double negated = op.signed() ? 2 * center - expected : expected;
      given.checks().equal("-" + what, op.argument(magnitudes[i], true), negated, ROUNDING);
    }
  }

  static void batch(VectorCase given) {
    int[] dims = given.dims("in.images");
    Blend blend = Blend.mixup(given.real("lam"));
    if (given.flag("cutmix")) {
      blend = Blend.cutmix(box(given.setting("box_yl_yh_xl_xh")), dims[2], dims[3]);
      given.checks().equal("share", blend.share(), given.real("lam_corrected"), ROUNDING);
    }
    check(given, Collections.nCopies(dims[0], blend));
  }

  static void elements(VectorCase given) {
    check(given, blends(given));
  }

  static void pairs(VectorCase given) {
    List<Blend> blends = blends(given);
    List<Blend> both = new ArrayList<>(blends);
    both.addAll(blends.reversed());
    check(given, both);
  }

  private static List<Blend> blends(VectorCase given) {
    int[] dims = given.dims("in.images");
    double[] shares = given.reals("lam");
    Iterator<JsonNode> boxes = given.setting("boxes_yl_yh_xl_xh_lam").elements();
    List<Blend> blends = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      if (given.setting("use_cutmix").get(i).booleanValue()) {
        JsonNode box = boxes.next();
        Blend blend = Blend.cutmix(box(box), dims[2], dims[3]);
        given.checks().equal("share", blend.share(), box.get(4).doubleValue(), ROUNDING);
        blends.add(blend);
      } else {
        blends.add(Blend.mixup(shares[i]));
      }
    }
    return blends;
  }

  private static CropBox box(JsonNode edges) {
    int top = edges.get(0).intValue();
    int left = edges.get(2).intValue();
    return new CropBox(top, left, edges.get(1).intValue() - top, edges.get(3).intValue() - left);
  }

  private static void check(VectorCase given, List<Blend> blends) {
    int[] dims = given.dims("in.images");
    int classes = given.integer("classes");
    float[] pixels = given.floats("in.images");
    float[] targets =
        Classification.targets(given.integers("in.labels"), classes, given.real("smoothing"));
    BatchMix mixing = new BatchMix(blends);
    mixing.apply(pixels, dims[1], dims[2], dims[3]);
    mixing.applyToTargets(targets, classes);
    given.checks().values("out.images", doubles(pixels), dims);
    given.checks().values("out.targets", doubles(targets), dims[0], classes);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
