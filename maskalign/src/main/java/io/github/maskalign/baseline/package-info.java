/** Baselines that MaskAlign is compared with: objectives that reconstruct pixels or features. */
package io.github.maskalign.baseline;
