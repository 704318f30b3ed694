@echo off
rem Writes the page about the last day and night.
"%~dp0scripts\launch.bat" summary %*
