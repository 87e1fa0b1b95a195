package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.diffmm.model.Tensors;

/// InfoNCE between two views of the same nodes (van den Oord et al. 2018, <https://arxiv.org/abs/1807.03748>):
///
/// ```
/// mean over anchors a of -log( exp(x_a . y_a / tau) / sum_j exp(x_a . y_j / tau) )      j over all nodes
/// ```
///
/// with x, y unit vectors. The matrix of all similarities, anchors x nodes, is never held, nor seen by
/// automatic differentiation: it is made a few hundred anchors at a time, and the gradient that it gives, `P Y
/// / tau` for the anchors and `P^T X / tau` for the nodes with `P = softmax(X Y^T / tau)`, is handed on.
/// Shapes: A anchors, N nodes, d numbers each, b anchors in a block.
final class ContrastiveLoss {

    /// Anchors whose similarities are held at a time.
    private static final int BLOCK = 128;

    private final double temperature;

    ContrastiveLoss(double temperature) {
        this.temperature = temperature;
    }

    /// The loss, with gradients to both views.
    ///
    /// @param first unit vectors, `[N, d]`
    /// @param second unit vectors of the other view, `[N, d]`
    /// @param anchors A rows of the views
    /// @return a scalar, attached to the manager of `first`
    NDArray of(NDArray first, NDArray second, RowSelection anchors) {
        NDArray queries = anchors.of(first); // [A, d]
        NDArray positives = anchors.of(second); // [A, d]
        Gradients gradients = new Gradients(queries, second, anchors.index());
        // Linear in both views with the loss's gradient as its slope; its value is then replaced by the loss's.
        NDArray slope = queries.mul(gradients.queries)
                .sum()
                .add(second.mul(gradients.nodes).sum())
                .sub(Tensors.times(queries.mul(positives).sum(), 1 / (temperature * gradients.count)));
        return slope.sub(slope.stopGradient()).add((float) gradients.loss);
    }

    /// The loss and the part of its gradient that comes from the denominators, a block of anchors at a time.
    private final class Gradients {

        private final long count;
        private final NDArray queries; // [A, d]
        private final NDArray nodes; // [N, d]
        private double loss;

        Gradients(NDArray anchorRows, NDArray nodeRows, NDArray anchors) {
            this.count = anchorRows.getShape().get(0);
            try (NDManager scope = anchorRows.getManager().newSubManager()) {
                NDArray fixedQueries = Tensors.alias(anchorRows, scope);
                NDArray fixedNodes = Tensors.alias(nodeRows, scope);
                NDArray index = Tensors.alias(anchors, scope).expandDims(1); // [A, 1]
                NDArray total = fixedNodes.zerosLike();
                NDList blocks = new NDList();
                for (long from = 0; from < count; from += BLOCK) {
                    NDIndex rows = new NDIndex("{}:{}", from, Math.min(from + BLOCK, count));
                    blocks.add(block(fixedQueries.get(rows), fixedNodes, index.get(rows), total));
                }
                float weight = (float) (1 / (temperature * count));
                this.queries = scope.ret(NDArrays.concat(blocks).muli(weight));
                this.nodes = scope.ret(total.muli(weight));
                this.loss /= count;
            }
        }

        /// Adds one block's loss and gradient to the nodes, `[N, d]`; returns the gradient to its anchors, `[b, d]`.
        private NDArray block(NDArray anchorRows, NDArray nodeRows, NDArray index, NDArray nodeGradient) {
            try (NDManager scope = anchorRows.getManager().newSubManager()) {
                scope.tempAttachAll(anchorRows);
                NDArray shares = anchorRows
                        .div((float) temperature)
                        .matMul(nodeRows.transpose())
                        .softmax(1); // P [b, N]
                for (float share : shares.gather(index, 1).toFloatArray()) {
                    loss -= Math.log(share);
                }
                nodeGradient.addi(shares.transpose().matMul(anchorRows));
                return scope.ret(shares.matMul(nodeRows));
            }
        }
    }
}
