package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.maskalign.Nets;
import io.github.maskalign.NormalizedTargets;
import io.github.maskalign.Targets;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.data.Batch;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What training asks of its teacher. */
class TeacherTargetsTest {

  private static final int[] TOKENS = {0, 3, 16, 9, 0, 1, 2, 12};

  /** The last block is left to the visible tokens, where a target does not depend on others. */
  @ParameterizedTest
  @EnumSource
  void theLastBlockIsComputedForVisibleTokens(TargetNorm norm) {
    try (Backend backend = Nets.reference();
        Scope scope = Scope.root(backend, "test")) {
      ViTTeacher teacher = Nets.teacher(scope, Nets.SMALL, DType.F64, 2);
      AlignmentPlan plan =
          AlignmentConfig.released()
              .withTargetNorm(norm)
              .plan(teacher.dimensions(), teacher.dimensions());
      Tensor images = Nets.normal(scope, DType.F64, 3, 2, 3, 8, 8);
      Batch batch = new Batch(0, 0, new float[2 * 3 * 8 * 8], new int[2], null, 3, 8, 8);
      Targets found = new TeacherTargets(teacher, plan).targets(scope.ops(), batch, images);
      NormalizedTargets computed = (NormalizedTargets) found;
      if (norm.perToken()) {
        assertNotNull(computed.output().last());
      } else {
        assertNull(computed.output().last());
      }
      NormalizedTargets whole =
          new NormalizedTargets(
              plan,
              teacher.forward(
                  scope.ops(), images, NormalizedTargets.request(plan).withLastAtTokens(false)));
      assertNull(whole.output().last());
      List<Tensor> expected = whole.at(scope.eager(), TOKENS);
      List<Tensor> targets = found.at(scope.eager(), TOKENS);
      assertEquals(expected.size(), targets.size());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i).toDoubles(), targets.get(i).toDoubles());
      }
    }
  }
}
