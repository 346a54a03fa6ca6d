package io.github.maskalign.vit.text.token.pipeline;

import io.github.maskalign.vit.text.token.model.SubwordModel;
import java.util.function.UnaryOperator;

/**
 * The steps of a tokenizer.
 *
 * @param added tokens that are cut out first
 * @param normalizer of the rest
 * @param preTokenizer that splits the normalized text
 * @param model of the pieces
 * @param before ids in front of each text
 * @param after ids behind each text
 * @param decoder of tokens
 * @param finish applied to a decoded text
 */
public record Pipeline(
    AddedTokens added,
    Normalizer normalizer,
    PreTokenizer preTokenizer,
    SubwordModel model,
    int[] before,
    int[] after,
    Decoder decoder,
    UnaryOperator<String> finish) {}
