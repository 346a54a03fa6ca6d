/** The folder of downloaded models, which is that of Python's huggingface_hub. */
package io.github.maskalign.vit.hub.cache;
