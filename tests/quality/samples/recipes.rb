# frozen_string_literal: true

require "json"
require "set"

module Kitchen
  class UnknownUnit < StandardError; end

  Ingredient = Struct.new(:name, :amount, :unit)

  class Recipe
    attr_reader :title, :ingredients

    def initialize(title, servings: 4)
      @title = title
      @servings = servings
      @ingredients = []
    end

    def add(name, amount, unit = :gram)
      raise UnknownUnit, unit.to_s unless UNITS.include?(unit)

      @ingredients << Ingredient.new(name, amount, unit)
      self
    end

    def scaled(servings)
      factor = servings.to_f / @servings
      copy = Recipe.new(@title, servings: servings)
      @ingredients.each do |ingredient|
        copy.add(ingredient.name, (ingredient.amount * factor).round(1), ingredient.unit)
      end
      copy
    end

    def vegetarian?
      @ingredients.none? { |ingredient| MEAT.include?(ingredient.name) }
    end

    def to_json(*args)
      { title: @title, ingredients: @ingredients.map(&:to_h) }.to_json(*args)
    end

    UNITS = Set[:gram, :litre, :piece].freeze
    MEAT = Set["bacon", "beef", "chicken"].freeze
  end

  def self.load(path)
    data = JSON.parse(File.read(path), symbolize_names: true)
    data.map do |entry|
      recipe = Recipe.new(entry[:title])
      if entry.key?(:ingredients)
        entry[:ingredients].each { |i| recipe.add(i[:name], i[:amount], i[:unit].to_sym) }
      else
        warn "#{entry[:title]} has no ingredients"
      end
      recipe
    end
  end
end
