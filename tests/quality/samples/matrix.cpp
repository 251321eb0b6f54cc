#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace numeric {

/// A dense matrix in row-major order.
template <typename T>
class Matrix {
public:
  using value_type = T;

  Matrix(std::size_t rows, std::size_t cols, T fill = T{})
      : rows_(rows), cols_(cols), data_(rows * cols, fill) {}

  Matrix(std::initializer_list<std::initializer_list<T>> rows) : rows_(rows.size()) {
    for (const auto &row : rows) {
      if (cols_ == 0) {
        cols_ = row.size();
      } else if (row.size() != cols_) {
        throw std::invalid_argument("ragged rows");
      }
      data_.insert(data_.end(), row.begin(), row.end());
    }
  }

  static Matrix identity(std::size_t n) {
    Matrix result(n, n);
    for (std::size_t i = 0; i < n; ++i) {
      result(i, i) = T{1};
    }
    return result;
  }

  std::size_t rows() const noexcept { return rows_; }
  std::size_t cols() const noexcept { return cols_; }

  T &operator()(std::size_t r, std::size_t c) { return data_[r * cols_ + c]; }
  const T &operator()(std::size_t r, std::size_t c) const { return data_[r * cols_ + c]; }

  Matrix transposed() const {
    Matrix result(cols_, rows_);
    for (std::size_t r = 0; r < rows_; ++r) {
      for (std::size_t c = 0; c < cols_; ++c) {
        result(c, r) = (*this)(r, c);
      }
    }
    return result;
  }

  Matrix &operator+=(const Matrix &other) {
    check_same_shape(other);
    std::transform(data_.begin(), data_.end(), other.data_.begin(), data_.begin(), std::plus<T>());
    return *this;
  }

  friend Matrix operator*(const Matrix &a, const Matrix &b) {
    if (a.cols_ != b.rows_) {
      throw std::invalid_argument("shapes do not match: " + std::to_string(a.cols_) + " and " +
                                  std::to_string(b.rows_));
    }
    Matrix product(a.rows_, b.cols_);
    for (std::size_t i = 0; i < a.rows_; ++i)
      for (std::size_t j = 0; j < b.cols_; ++j)
        for (std::size_t k = 0; k < a.cols_; ++k)
          product(i, j) += a(i, k) * b(k, j);
    return product;
  }

  template <typename F>
  Matrix map(F &&f) const {
    Matrix result = *this;
    for (auto &value : result.data_) value = f(value);
    return result;
  }

  T trace() const {
    T sum{};
    for (std::size_t i = 0; i < std::min(rows_, cols_); ++i) sum += (*this)(i, i);
    return sum;
  }

private:
  void check_same_shape(const Matrix &other) const {
    if (rows_ != other.rows_ || cols_ != other.cols_) {
      throw std::invalid_argument("shapes differ");
    }
  }

  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<T> data_;
};

template <typename T>
std::ostream &operator<<(std::ostream &out, const Matrix<T> &m) {
  for (std::size_t r = 0; r < m.rows(); ++r) {
    out << (r == 0 ? "[" : " ");
    for (std::size_t c = 0; c < m.cols(); ++c) {
      out << m(r, c);
      if (c + 1 < m.cols()) out << ", ";
    }
    out << (r + 1 == m.rows() ? "]\n" : ";\n");
  }
  return out;
}

class Shape {
public:
  explicit Shape(std::string name) : name_(std::move(name)) {}
  virtual ~Shape() = default;
  virtual double area() const = 0;
  const std::string &name() const { return name_; }

private:
  std::string name_;
};

class Circle : public Shape {
public:
  explicit Circle(double radius) : Shape("circle"), radius_(radius) {}
  double area() const override { return 3.141592653589793 * radius_ * radius_; }

private:
  double radius_;
};

}  // namespace numeric

int main() {
  using numeric::Matrix;
  Matrix<double> a{{1.0, 2.0}, {3.0, 4.0}};
  auto b = Matrix<double>::identity(2);
  b += a;
  std::cout << a * b << "trace " << b.trace() << '\n';

  std::vector<std::unique_ptr<numeric::Shape>> shapes;
  shapes.push_back(std::make_unique<numeric::Circle>(2.5));
  const double total = std::accumulate(shapes.begin(), shapes.end(), 0.0,
                                       [](double sum, const auto &shape) { return sum + shape->area(); });
  for (const auto &shape : shapes) {
    std::cout << shape->name() << ": " << shape->area() << " of " << total << std::endl;
  }
  try {
    std::cout << a * Matrix<double>(3, 3) << std::endl;
  } catch (const std::invalid_argument &error) {
    std::cerr << "as it should: " << error.what() << std::endl;
    return 0;
  }
  return 1;
}
