"""A linear regressor and a classifier in the manner of scikit-learn, tuned on a validation set."""

import inspect
import logging

import numpy as np

logger = logging.getLogger(__name__)


class NotFittedError(ValueError):
    """Raised when predicting before fitting."""


class BaseEstimator:
    def get_params(self):
        names = [p for p in inspect.signature(type(self).__init__).parameters if p != "self"]
        return {name: getattr(self, name) for name in names}

    def set_params(self, **params):
        for key, value in params.items():
            setattr(self, key, value)
        return self

    def _check_fitted(self):
        if not hasattr(self, "coef_"):
            raise NotFittedError(f"{type(self).__name__} is not fitted yet")


class StandardScaler(BaseEstimator):
    def fit(self, X, y=None):
        self.mean_ = X.mean(axis=0)
        self.scale_ = X.std(axis=0)
        self.scale_[self.scale_ == 0.0] = 1.0
        return self

    def transform(self, X):
        return (X - self.mean_) / self.scale_

    def fit_transform(self, X, y=None):
        return self.fit(X, y).transform(X)


class RegressorMixin:
    def score(self, X, y):
        """Coefficient of determination."""
        residual = ((y - self.predict(X)) ** 2).sum()
        total = ((y - y.mean()) ** 2).sum()
        return 1.0 - residual / total


class Ridge(RegressorMixin, BaseEstimator):
    def __init__(self, alpha=1.0, fit_intercept=True):
        self.alpha = alpha
        self.fit_intercept = fit_intercept

    def fit(self, X, y):
        X, y = np.asarray(X), np.asarray(y)
        n_samples, n_features = X.shape
        if self.fit_intercept:
            X_offset = X.mean(axis=0)
            y_offset = y.mean()
            X = X - X_offset
            y = y - y_offset
        gram = X.T @ X + self.alpha * np.eye(n_features)
        self.coef_ = np.linalg.solve(gram, X.T @ y)
        self.intercept_ = y_offset - X_offset @ self.coef_ if self.fit_intercept else 0.0
        return self

    def predict(self, X):
        self._check_fitted()
        return X @ self.coef_ + self.intercept_


class LogisticRegression(BaseEstimator):
    """Trained by gradient descent with momentum, with an early stop."""

    def __init__(self, C=1.0, learning_rate=0.1, momentum=0.9, max_iter=100, tol=1e-8):
        self.C = C
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.max_iter = max_iter
        self.tol = tol

    @staticmethod
    def _sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def _loss_and_gradient(self, X, y):
        p = self._sigmoid(X @ self.coef_ + self.intercept_)
        loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        loss += 0.5 / self.C * np.sum(self.coef_**2)
        error = (p - y) / len(y)
        return loss, X.T @ error + self.coef_ / self.C, error.sum()

    def fit(self, X, y):
        self.coef_ = np.zeros(X.shape[1])
        self.intercept_ = 0.0
        self.history_ = []
        velocity_w, velocity_b = np.zeros_like(self.coef_), 0.0
        for iteration in range(self.max_iter):
            loss, grad_w, grad_b = self._loss_and_gradient(X, y)
            self.history_.append(loss)
            if np.max(np.abs(grad_w)) < self.tol:
                logger.info("converged after %d iterations", iteration)
                break
            velocity_w = self.momentum * velocity_w - self.learning_rate * grad_w
            velocity_b = self.momentum * velocity_b - self.learning_rate * grad_b
            self.coef_ += velocity_w
            self.intercept_ += velocity_b
        self.n_iter_ = len(self.history_)
        return self

    def predict_proba(self, X):
        self._check_fitted()
        p = self._sigmoid(X @ self.coef_ + self.intercept_)
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)


class Pipeline:
    def __init__(self, steps):
        self.steps = steps

    @property
    def _final(self):
        return self.steps[-1][1]

    def fit(self, X, y):
        for _, step in self.steps[:-1]:
            X = step.fit_transform(X, y)
        self._final.fit(X, y)
        return self

    def predict(self, X):
        for _, step in self.steps[:-1]:
            X = step.transform(X)
        return self._final.predict(X)


def kfold(n, k):
    folds = np.array_split(np.arange(n), k)
    for i in range(k):
        train = np.concatenate([folds[j] for j in range(k) if j != i])
        yield train, folds[i]


def validation_error(alpha, X, y):
    """Mean squared error of a ridge regression, averaged over three folds."""
    errors = []
    for train, test in kfold(len(y), 3):
        model = Ridge(alpha=alpha).fit(X[train], y[train])
        errors.append(np.mean((model.predict(X[test]) - y[test]) ** 2))
    return np.mean(errors)


def pipeline_error(X, y, alpha):
    model = Pipeline([("scale", StandardScaler()), ("ridge", Ridge(alpha))])
    model.fit(X[:12], y[:12])
    return ((model.predict(X[12:]) - y[12:]) ** 2).mean()


def negative_r2(log_alpha, X, y):
    model = Ridge().set_params(alpha=np.exp(log_alpha), fit_intercept=True)
    model.fit(X, y)
    logger.debug("fitted with %s", model.get_params())
    return -model.score(X, y)


def hyper_loss(hyper, X, y, X_val, y_val):
    """Validation log-loss of a logistic regression as a function of how it is trained."""
    clf = LogisticRegression(
        C=hyper["C"], learning_rate=hyper["learning_rate"], momentum=hyper["momentum"], max_iter=25
    )
    clf.fit(X, y)
    p = clf.predict_proba(X_val)
    return -np.mean(np.log(p[np.arange(len(y_val)), y_val]))


def make_data(n=18, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)) * [1.0, 2.0, 0.5] + [0.0, 1.0, -1.0]
    y = X @ np.array([1.0, -2.0, 0.5]) + 0.3 * rng.normal(size=n)
    return X, y


def make_labels():
    X, y = make_data(24, seed=1)
    labels = (y > np.median(y)).astype(int)
    return X[:16], labels[:16], X[16:], labels[16:]


ENTRIES = [
    (validation_error, lambda: (0.7, *make_data()), 0),
    (pipeline_error, lambda: (*make_data(), 0.7), (0, 1, 2)),
    (negative_r2, lambda: (-0.5, *make_data()), 0),
    (hyper_loss, lambda: ({"C": 2.0, "learning_rate": 0.2, "momentum": 0.8}, *make_labels()), 0),
]

if __name__ == "__main__":
    X, y = make_data()
    for alpha in np.logspace(-2, 2, 5):
        print(f"alpha={alpha:8.2f}  cv error={validation_error(alpha, X, y):.4f}")
