package examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrows between modules go one way, and backends are found, never imported. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_PACKAGE_INFOS)
          .importPackages("io.github.maskalign", "examples");

  private enum Module {
    TENSOR("io.github.maskalign.tensor"),
    AUTOGRAD("io.github.maskalign.autograd", TENSOR),
    CPU("io.github.maskalign.cpu", TENSOR),
    CUDA("io.github.maskalign.cuda", TENSOR),
    VIT("io.github.maskalign.vit", TENSOR, AUTOGRAD),
    ALIGN("io.github.maskalign.align", TENSOR, AUTOGRAD, VIT),
    VECTORS("io.github.maskalign.vectors", TENSOR, AUTOGRAD, VIT, ALIGN),
    EXAMPLES("examples", TENSOR, AUTOGRAD, VIT, ALIGN, VECTORS);

    private final String root;
    private final Set<Module> mayUse;

    Module(String root, Module... mayUse) {
      this.root = root;
      this.mayUse = Set.of(mayUse);
    }

    private String packages() {
      return root + "..";
    }

    private String[] forbidden() {
      return EnumSet.allOf(Module.class).stream()
          .filter(other -> other != this && !mayUse.contains(other))
          .map(Module::packages)
          .toArray(String[]::new);
    }
  }

  @ParameterizedTest
  @EnumSource
  void usesOnlyTheModulesBelow(Module module) {
    noClasses()
        .that()
        .resideInAPackage(module.packages())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(module.forbidden())
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheDriverPackageSeesJCuda() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.github.maskalign.cuda.driver")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jcuda..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.github.maskalign.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void everyClassBelongsToAModule() {
    String[] roots = Arrays.stream(Module.values()).map(Module::packages).toArray(String[]::new);
    classes().should().resideInAnyPackage(roots).check(CLASSES);
  }
}
