@echo off
rem Shows what the monitor has learned, as pictures.
"%~dp0scripts\launch.bat" visualize %*
