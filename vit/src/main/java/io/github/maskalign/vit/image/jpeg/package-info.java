/** The structure of JPEG files (ITU-T T.81), checked before any library decodes them. */
package io.github.maskalign.vit.image.jpeg;
