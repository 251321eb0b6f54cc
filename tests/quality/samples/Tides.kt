package org.example.tides

import kotlin.math.PI
import kotlin.math.cos

data class Tide(val hour: Double, val height: Double)

sealed interface Level {
    data object Low : Level
    data object High : Level
    data class Between(val share: Double) : Level
}

class Station(private val name: String, private val mean: Double, private val range: Double) {
    private val cache = mutableMapOf<Int, Tide>()

    fun heightAt(hour: Double): Double {
        val phase = 2 * PI * hour / PERIOD
        return mean + range / 2 * cos(phase)
    }

    fun levelAt(hour: Double): Level {
        val height = heightAt(hour)
        return when {
            height < mean - range * 0.45 -> Level.Low
            height > mean + range * 0.45 -> Level.High
            else -> Level.Between((height - mean) / range)
        }
    }

    fun table(hours: Int): List<Tide> {
        require(hours > 0) { "hours must be positive, not $hours" }
        return (0 until hours).map { hour ->
            cache.getOrPut(hour) { Tide(hour.toDouble(), heightAt(hour.toDouble())) }
        }
    }

    override fun toString(): String = "Station($name)"

    companion object {
        const val PERIOD = 12.42
    }
}

fun main() {
    val station = Station("Husum", 3.5, 3.2)
    for (tide in station.table(24)) {
        if (tide.height > 4.5) {
            println("%5.1f h  %.2f m".format(tide.hour, tide.height))
        }
    }
}
